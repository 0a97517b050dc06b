resource "aws_db_instance" "own" {
  identifier                  = "shop"
  manage_master_user_password = true

  lifecycle {
    prevent_destroy = true
  }
}

# completed by -backend-config
terraform {
  backend "s3" {}
}
