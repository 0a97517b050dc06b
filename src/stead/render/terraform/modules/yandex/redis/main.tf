data "yandex_client_config" "own" {}

resource "yandex_vpc_security_group" "redis" {
  name       = "${var.name}-redis"
  network_id = var.network_id

  ingress {
    description    = "Redis over TLS, from the network"
    protocol       = "TCP"
    port           = 6380
    v4_cidr_blocks = [var.cidr]
  }
}

# The cloud has no Redis without a first password. It is written once, is not in the state, and is changed by a person.
ephemeral "random_password" "first" {
  length  = 40
  special = false
}

resource "yandex_mdb_redis_cluster_v2" "own" {
  name                = "${var.name}-redis"
  environment         = "PRODUCTION"
  network_id          = var.network_id
  security_group_ids  = [yandex_vpc_security_group.redis.id]
  tls_enabled         = true
  deletion_protection = true

  config = {
    version             = "7.2-valkey"
    password_wo         = ephemeral.random_password.first.result
    password_wo_version = 1
  }

  resources = {
    resource_preset_id = var.size
    disk_type_id       = "network-ssd"
    disk_size          = 16
  }

  hosts = {
    first = {
      zone      = data.yandex_client_config.own.zone
      subnet_id = var.subnet_ids[0]
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}
