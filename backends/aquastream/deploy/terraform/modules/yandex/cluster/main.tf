# Made by `stead render` from backend.py: change that, or delete this line to own the file. [c873b2c7cbeb3b9a]
data "yandex_client_config" "own" {}

resource "yandex_iam_service_account" "cluster" {
  name = "${var.name}-cluster"
}

resource "yandex_resourcemanager_folder_iam_member" "cluster" {
  for_each = toset(["k8s.clusters.agent", "vpc.publicAdmin", "container-registry.images.puller", "kms.keys.encrypterDecrypter"])

  folder_id = data.yandex_client_config.own.folder_id
  role      = each.key
  member    = "serviceAccount:${yandex_iam_service_account.cluster.id}"
}

resource "yandex_kms_symmetric_key" "secrets" {
  name              = "${var.name}-secrets"
  default_algorithm = "AES_256"
  rotation_period   = "8760h"

  lifecycle {
    prevent_destroy = true
  }
}

resource "yandex_kubernetes_cluster" "own" {
  name                    = var.name
  network_id              = var.network_id
  service_account_id      = yandex_iam_service_account.cluster.id
  node_service_account_id = yandex_iam_service_account.cluster.id
  release_channel         = "STABLE"
  network_policy_provider = "CALICO"

  master {
    public_ip = true

    zonal {
      zone      = data.yandex_client_config.own.zone
      subnet_id = var.subnet_ids[0]
    }

    maintenance_policy {
      auto_upgrade = true
    }
  }

  kms_provider {
    key_id = yandex_kms_symmetric_key.secrets.id
  }

  depends_on = [yandex_resourcemanager_folder_iam_member.cluster]
}

resource "yandex_kubernetes_node_group" "own" {
  name       = "${var.name}-nodes"
  cluster_id = yandex_kubernetes_cluster.own.id

  instance_template {
    platform_id = var.size

    resources {
      cores  = 4
      memory = 8
    }

    boot_disk {
      type = "network-ssd"
      size = 64
    }

    network_interface {
      subnet_ids = var.subnet_ids
      nat        = false
    }
  }

  scale_policy {
    fixed_scale {
      size = var.nodes
    }
  }
}
