resource "terraform_data" "cluster" {
  input = {
    name       = var.name
    network_id = var.network_id
    subnet_ids = var.subnet_ids
    size       = var.size
    nodes      = var.nodes
    endpoint   = "https://127.0.0.1:6443"
  }

  lifecycle {
    prevent_destroy = true
  }
}
