output "address" {
  description = "Where images are pushed to."
  value       = terraform_data.registry.output.address
}
