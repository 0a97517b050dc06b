output "admin_password" { #! TERRAFORM027
  value = random_password.admin.result
}

variable "db_password" { #! TERRAFORM027
  type = string
}

output "kubeconfig" { #! TERRAFORM027
  value = module.cluster.kubeconfig
}

variable "api_token" { type = string } #! TERRAFORM027
