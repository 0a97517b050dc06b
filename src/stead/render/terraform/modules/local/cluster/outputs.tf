output "endpoint" {
  description = "The API server of the cluster."
  value       = terraform_data.cluster.output.endpoint
}

output "name" {
  description = "The name of the cluster."
  value       = terraform_data.cluster.output.name
}
