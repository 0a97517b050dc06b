locals {
  size = split("x", var.size)
}

data "twc_k8s_preset" "master" {
  location = var.region
  type     = "master"
  cpu      = 4
}

data "twc_k8s_preset" "worker" {
  location = var.region
  type     = "worker"
  cpu      = tonumber(local.size[0])
  ram      = tonumber(local.size[1]) * 1024

  lifecycle {
    precondition {
      condition     = can(regex("^[0-9]+x[0-9]+$", var.size))
      error_message = "The size ${var.size} is not CPUxGB: write it as 4x8."
    }
  }
}

resource "twc_k8s_cluster" "own" {
  name              = var.name
  version           = "v1.34.0"
  network_driver    = "calico"
  network_id        = var.network_id
  high_availability = true
  ingress           = false
  preset_id         = data.twc_k8s_preset.master.id

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = length(var.subnet_ids) > 0
      error_message = "The network has no subnet for the nodes."
    }
  }
}

resource "twc_k8s_node_group" "own" {
  cluster_id     = twc_k8s_cluster.own.id
  name           = "${var.name}-nodes"
  preset_id      = data.twc_k8s_preset.worker.id
  node_count     = var.nodes
  is_autohealing = true
}

# The provider has no certificates: cert-manager issues the host's inside the cluster.
resource "twc_k8s_addon" "certificates" {
  cluster_id  = twc_k8s_cluster.own.id
  type        = "cert-manager"
  config_type = "basic"

  depends_on = [twc_k8s_node_group.own]
}
