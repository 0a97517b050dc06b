resource "terraform_data" "secret" {
  for_each = var.secrets

  input = {
    name  = each.key
    owner = var.name
  }

  lifecycle {
    prevent_destroy = true
  }
}
