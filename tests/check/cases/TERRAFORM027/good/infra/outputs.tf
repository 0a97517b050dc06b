output "admin_password" {
  value = random_password.admin.result
  sensitive = true
}

variable "api_token" { ephemeral = true }
