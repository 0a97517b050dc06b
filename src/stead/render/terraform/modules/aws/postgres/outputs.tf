output "address" {
  description = "Where PostgreSQL is reached."
  value       = aws_db_instance.own.address
}

output "port" {
  description = "The port."
  value       = aws_db_instance.own.port
}

output "secrets" {
  description = "By database, where the password of its role is."
  value       = { for name in var.databases : name => aws_db_instance.own.master_user_secret[0].secret_arn }
}
