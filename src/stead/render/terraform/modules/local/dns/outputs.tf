output "host" {
  description = "The name that leads to the gateway."
  value       = terraform_data.record.output.host
}

output "certificate" {
  description = "The certificate of the host."
  value       = "${var.name}-certificate"
}
