resource "aws_db_instance" "own" {
  identifier                  = "shop"
  manage_master_user_password = true
  publicly_accessible         = true #! TERRAFORM026

  lifecycle {
    prevent_destroy = true
  }
}
