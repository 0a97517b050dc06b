# Made by `stead render` from backend.py: change that, or delete this line to own the file. [1a9e44f35ea667da]
output "network_id" {
  description = "The network."
  value       = module.network.id
}

output "postgres_address" {
  description = "The address of PostgreSQL: servers={'postgres': Server(…)} in the description."
  value       = module.postgres.address
}

output "postgres_port" {
  description = "The port of PostgreSQL."
  value       = module.postgres.port
}

output "postgres_secrets" {
  description = "By database, the place of its role's password."
  value       = module.postgres.secrets
}

output "buckets_endpoint" {
  description = "The address of the S3 server."
  value       = module.buckets.endpoint
}

output "buckets_names" {
  description = "By bucket, its name at the provider."
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
