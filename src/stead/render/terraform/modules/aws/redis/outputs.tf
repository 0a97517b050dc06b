output "address" {
  description = "Where Redis is reached."
  value       = aws_elasticache_replication_group.own.primary_endpoint_address
}

output "port" {
  description = "The port."
  value       = 6379
}
