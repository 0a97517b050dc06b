output "names" {
  description = "By secret, where its value is put by a person."
  value       = { for name, each in aws_secretsmanager_secret.own : name => each.arn }
}
