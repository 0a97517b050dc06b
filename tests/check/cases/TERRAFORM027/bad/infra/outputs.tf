output "admin_password" { #! TERRAFORM027
  value = random_password.admin.result
}
