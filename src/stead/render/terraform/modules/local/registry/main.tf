resource "terraform_data" "registry" {
  input = {
    address = "127.0.0.1:5000/${var.name}"
  }
}
