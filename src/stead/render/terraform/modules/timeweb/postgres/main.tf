locals {
  size = split("x", var.size)
}

data "twc_database_preset" "own" {
  location = var.region
  type     = "postgres"
  cpu      = tonumber(local.size[0])
  ram      = tonumber(local.size[1]) * 1024
  disk     = var.disk * 1024

  lifecycle {
    precondition {
      condition     = can(regex("^[0-9]+x[0-9]+$", var.size))
      error_message = "The size ${var.size} is not CPUxGB: write it as 2x4."
    }
  }
}

# No role is made here: the provider takes its password as a value, and it would be in the state. The databases' roles
# are made by the backend's own Job, with the administrator's password from the control panel.
resource "twc_database_cluster" "own" {
  name           = "${var.name}-postgres"
  type           = "postgres"
  preset_id      = data.twc_database_preset.own.id
  is_external_ip = false

  network {
    id = var.network_id
  }

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = length(var.subnet_ids) > 0 && can(cidrhost(var.cidr, 1))
      error_message = "The network ${var.cidr} has no subnet that PostgreSQL can be reached from."
    }
  }
}

resource "twc_database_instance" "own" {
  for_each = var.databases

  cluster_id = twc_database_cluster.own.id
  name       = each.key

  lifecycle {
    prevent_destroy = true
  }
}
