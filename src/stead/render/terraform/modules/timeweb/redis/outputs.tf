output "address" {
  description = "Where Redis is reached."
  value       = twc_database_cluster.own.networks[0].ips[0].ip
}

output "port" {
  description = "The port."
  value       = twc_database_cluster.own.port
}
