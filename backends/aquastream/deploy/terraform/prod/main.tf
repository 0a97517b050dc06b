# Made by `stead render` from backend.py: change that, or delete this line to own the file. [e95734ae058a2635]
provider "yandex" {
  zone = "ru-central1-a"
}

module "network" {
  source = "../modules/yandex/network"
  name   = "aquastream-prod"
  cidr   = "10.20.0.0/16"
}

module "postgres" {
  source     = "../modules/yandex/postgres"
  name       = "aquastream-prod"
  network_id = module.network.id
  subnet_ids = module.network.subnet_ids
  cidr       = "10.20.0.0/16"
  size       = var.postgres_size
  disk       = var.postgres_disk
  databases  = ["aquastream_crews", "aquastream_events", "aquastream_media", "aquastream_notifications", "aquastream_payments", "aquastream_sessions", "aquastream_users"]
}

module "buckets" {
  source = "../modules/yandex/buckets"
  name   = "aquastream-prod"

  buckets = {
    "aquastream-media" = { name = "aquastream-prod-aquastream-media", versioned = false, expire_days = 0 }
  }
}

module "cluster" {
  source     = "../modules/yandex/cluster"
  name       = "aquastream-prod"
  network_id = module.network.id
  subnet_ids = module.network.subnet_ids
  size       = var.cluster_size
  nodes      = var.cluster_nodes
}

module "dns" {
  source  = "../modules/yandex/dns"
  name    = "aquastream-prod"
  host    = "api.aquastream.example"
  zone    = "aquastream.example"
  address = var.address
}
