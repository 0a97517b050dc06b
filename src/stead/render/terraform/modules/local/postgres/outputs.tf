output "address" {
  description = "Where PostgreSQL is reached."
  value       = terraform_data.postgres.output.address
}

output "port" {
  description = "The port."
  value       = terraform_data.postgres.output.port
}

output "secrets" {
  description = "By database, where the password of its role is."
  value       = { for name, each in terraform_data.database : name => "${each.output.server}/${name}" }
}
