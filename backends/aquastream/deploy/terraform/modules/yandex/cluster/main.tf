# Made by `stead render` from backend.py: change that, or delete this line to own the file. [1015179865c36007]
data "yandex_client_config" "own" {}

data "yandex_vpc_subnet" "own" {
  subnet_id = var.subnet_ids[0]
}

locals {
  pods     = "10.112.0.0/16"
  services = "10.96.0.0/16"
}

resource "yandex_vpc_security_group" "cluster" {
  name       = "${var.name}-cluster"
  network_id = var.network_id

  ingress {
    description    = "The API server, from the network"
    protocol       = "TCP"
    port           = 443
    v4_cidr_blocks = data.yandex_vpc_subnet.own.v4_cidr_blocks
  }

  ingress {
    description       = "Between the nodes and the API server"
    protocol          = "ANY"
    from_port         = 0
    to_port           = 65535
    predefined_target = "self_security_group"
  }

  ingress {
    description    = "Pods and Services"
    protocol       = "ANY"
    from_port      = 0
    to_port        = 65535
    v4_cidr_blocks = [local.pods, local.services]
  }

  ingress {
    description       = "Health checks of the load balancer"
    protocol          = "TCP"
    from_port         = 0
    to_port           = 65535
    predefined_target = "loadbalancer_healthchecks"
  }

  ingress {
    description    = "What the load balancer sends to the Gateway"
    protocol       = "TCP"
    from_port      = 30000
    to_port        = 32767
    v4_cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    description    = "What the network policies allow of it"
    protocol       = "ANY"
    from_port      = 0
    to_port        = 65535
    v4_cidr_blocks = ["0.0.0.0/0"]
  }
}

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
  cluster_ipv4_range      = local.pods
  service_ipv4_range      = local.services

  master {
    public_ip          = false
    security_group_ids = [yandex_vpc_security_group.cluster.id]

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

  lifecycle {
    prevent_destroy = true
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
      subnet_ids         = var.subnet_ids
      security_group_ids = [yandex_vpc_security_group.cluster.id]
      nat                = false
    }
  }

  scale_policy {
    fixed_scale {
      size = var.nodes
    }
  }
}
