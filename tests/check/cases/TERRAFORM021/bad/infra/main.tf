resource "aws_db_instance" "own" { #! TERRAFORM021
  identifier                  = "shop"
  manage_master_user_password = true
}
