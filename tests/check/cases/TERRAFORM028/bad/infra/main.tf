resource "aws_db_instance" "own" {
  identifier                  = "shop"
  manage_master_user_password = true
  deletion_protection         = false #! TERRAFORM028
  skip_final_snapshot         = true #! TERRAFORM028

  lifecycle {
    prevent_destroy = true
  }
}
