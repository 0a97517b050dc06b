# Made by `stead render` from backend.py: change that, or delete this line to own the file. [356639ccbebcb8d3]
provider "yandex" {
  zone = "ru-central1-a"
}

module "network" {
  source = "../modules/yandex/network"
  name   = "aquastream-staging"
  cidr   = "10.20.0.0/16"
}

module "postgres" {
  source     = "../modules/yandex/postgres"
  name       = "aquastream-staging"
  network_id = module.network.id
  subnet_ids = module.network.subnet_ids
  cidr       = "10.20.0.0/16"
  size       = var.postgres_size
  disk       = var.postgres_disk
  databases  = ["aquastream_crews", "aquastream_events", "aquastream_media", "aquastream_notifications", "aquastream_payments", "aquastream_sessions", "aquastream_users"]
}

module "buckets" {
  source = "../modules/yandex/buckets"
  name   = "aquastream-staging"

  buckets = {
    "aquastream-media" = { name = "aquastream-staging-aquastream-media", versioned = false, expire_days = 0 }
  }
}

module "cluster" {
  source     = "../modules/yandex/cluster"
  name       = "aquastream-staging"
  network_id = module.network.id
  subnet_ids = module.network.subnet_ids
  size       = var.cluster_size
  nodes      = var.cluster_nodes
}

module "dns" {
  source  = "../modules/yandex/dns"
  name    = "aquastream-staging"
  host    = "staging.aquastream.example"
  zone    = "aquastream.example"
  address = var.address
}
