resource "aws_db_instance" "own" {
  identifier                  = "shop"
  manage_master_user_password = true
  deletion_protection         = true

  lifecycle {
    prevent_destroy = true
  }
}
