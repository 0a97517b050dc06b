resource "aws_db_instance" "own" {
  identifier                  = "shop"
  manage_master_user_password = true

  lifecycle {
    prevent_destroy = true
  }
}

# provider "mail" { api_key = "correct horse" }
provider "mail" { api_key = var.api_key }
