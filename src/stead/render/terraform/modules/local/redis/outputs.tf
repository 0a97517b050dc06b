output "address" {
  description = "Where Redis is reached."
  value       = terraform_data.redis.output.address
}

output "port" {
  description = "The port."
  value       = terraform_data.redis.output.port
}
