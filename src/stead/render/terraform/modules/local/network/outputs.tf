output "id" {
  description = "The network."
  value       = terraform_data.network.output.id
}

output "subnet_ids" {
  description = "The subnets."
  value       = ["${terraform_data.network.output.id}-1"]
}
