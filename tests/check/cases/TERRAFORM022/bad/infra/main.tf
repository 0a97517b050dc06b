resource "aws_elasticache_user" "own" {
  user_name = "shop"
  password  = "correct horse"
}

resource "aws_secretsmanager_secret_version" "pay" {
  secret_string = "q7Hs2Bv9Ju4XeaW1"
}

variable "db_password" {
  type      = string
  sensitive = true
  default   = "correct horse"
}

provider "mail" { api_key = "correct horse" } #! TERRAFORM022
