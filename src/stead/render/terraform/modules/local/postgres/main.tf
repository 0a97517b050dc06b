resource "terraform_data" "postgres" {
  input = {
    name       = "${var.name}-postgres"
    network_id = var.network_id
    subnet_ids = var.subnet_ids
    cidr       = var.cidr
    size       = var.size
    disk       = var.disk
    address    = "127.0.0.1"
    port       = 5432
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "terraform_data" "database" {
  for_each = var.databases

  input = {
    name   = each.key
    server = terraform_data.postgres.output.name
  }

  lifecycle {
    prevent_destroy = true
  }
}
