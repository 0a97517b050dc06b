# Made by `stead render` from backend.py: change that, or delete this line to own the file. [610309493330e390]
data "yandex_client_config" "own" {}

resource "yandex_vpc_security_group" "postgres" {
  name       = "${var.name}-postgres"
  network_id = var.network_id

  ingress {
    description    = "PostgreSQL, from the network"
    protocol       = "TCP"
    port           = 6432
    v4_cidr_blocks = [var.cidr]
  }
}

resource "yandex_mdb_postgresql_cluster" "own" {
  name                = "${var.name}-postgres"
  environment         = "PRODUCTION"
  network_id          = var.network_id
  security_group_ids  = [yandex_vpc_security_group.postgres.id]
  deletion_protection = true

  config {
    version = 17

    resources {
      resource_preset_id = var.size
      disk_type_id       = "network-ssd"
      disk_size          = var.disk
    }

    backup_window_start {
      hours   = 2
      minutes = 0
    }
  }

  host {
    zone      = data.yandex_client_config.own.zone
    subnet_id = var.subnet_ids[0]
  }

  lifecycle {
    prevent_destroy = true
  }
}

# The passwords are made by the cloud and kept in Lockbox by its Connection Manager: none is in the state.
resource "yandex_mdb_postgresql_user" "owner" {
  for_each = var.databases

  cluster_id        = yandex_mdb_postgresql_cluster.own.id
  name              = each.key
  generate_password = true
}

resource "yandex_mdb_postgresql_database" "own" {
  for_each = var.databases

  cluster_id = yandex_mdb_postgresql_cluster.own.id
  name       = each.key
  owner      = yandex_mdb_postgresql_user.owner[each.key].name

  lifecycle {
    prevent_destroy = true
  }
}
