locals {
  size = split("x", var.size)
}

data "twc_database_preset" "own" {
  location = var.region
  type     = "redis"
  cpu      = tonumber(local.size[0])
  ram      = tonumber(local.size[1]) * 1024

  lifecycle {
    precondition {
      condition     = can(regex("^[0-9]+x[0-9]+$", var.size))
      error_message = "The size ${var.size} is not CPUxGB: write it as 1x2."
    }
  }
}

resource "twc_database_cluster" "own" {
  name           = "${var.name}-redis"
  type           = "redis7"
  preset_id      = data.twc_database_preset.own.id
  is_external_ip = false

  network {
    id = var.network_id
  }

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = length(var.subnet_ids) > 0 && can(cidrhost(var.cidr, 1))
      error_message = "The network ${var.cidr} has no subnet that Redis can be reached from."
    }
  }
}
