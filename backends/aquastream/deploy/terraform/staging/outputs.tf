# Made by `stead render` from backend.py: change that, or delete this line to own the file. [1b1799ea55f3784c]
output "network_id" {
  description = "The network."
  value       = module.network.id
}

output "postgres_address" {
  description = "Where PostgreSQL is reached: servers={'postgres': Server(…)} in the description."
  value       = module.postgres.address
}

output "postgres_port" {
  description = "The port of PostgreSQL."
  value       = module.postgres.port
}

output "postgres_secrets" {
  description = "By database, where the password of its role is."
  value       = module.postgres.secrets
}

output "buckets_endpoint" {
  description = "Where the S3 server is reached."
  value       = module.buckets.endpoint
}

output "buckets_names" {
  description = "By bucket, its name there."
  value       = module.buckets.names
}

output "cluster_endpoint" {
  description = "The API server of the cluster."
  value       = module.cluster.endpoint
}

output "cluster_name" {
  description = "The name of the cluster."
  value       = module.cluster.name
}

output "dns_host" {
  description = "The name that leads to the gateway."
  value       = module.dns.host
}

output "dns_certificate" {
  description = "The certificate of the host."
  value       = module.dns.certificate
}
