resource "terraform_data" "secret" {
  for_each = var.secrets

  input = {
    name = "${var.name}/${each.key}"
  }
}
