resource "aws_elasticache_user" "own" {
  user_name = "shop"
  password  = "correct horse"
}
