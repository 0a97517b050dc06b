output "address" {
  description = "Where PostgreSQL is reached."
  value       = twc_database_cluster.own.networks[0].ips[0].ip
}

output "port" {
  description = "The port."
  value       = twc_database_cluster.own.port
}

output "secrets" {
  description = "By database, where the password of its role is."
  value       = { for name, each in twc_database_instance.own : name => "database cluster ${each.cluster_id}, database ${each.name}" }
}
