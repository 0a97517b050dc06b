output "names" {
  description = "By secret, where its value is put by a person."
  value       = { for name, each in terraform_data.secret : name => each.output.name }
}
