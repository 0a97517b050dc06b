resource "terraform_data" "redis" {
  input = {
    name       = "${var.name}-redis"
    network_id = var.network_id
    subnet_ids = var.subnet_ids
    cidr       = var.cidr
    size       = var.size
    address    = "127.0.0.1"
    port       = 6379
  }

  lifecycle {
    prevent_destroy = true
  }
}
