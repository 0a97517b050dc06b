output "endpoint" {
  description = "Where the S3 server is reached."
  value       = "http://127.0.0.1:8333"
}

output "names" {
  description = "By bucket, its name there."
  value       = { for name, each in terraform_data.bucket : name => each.output.name }
}
