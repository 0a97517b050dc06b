# Made by `stead render` from backend.py: change that, or delete this line to own the file. [9842411bc7a9a539]
data "yandex_client_config" "own" {}

resource "yandex_vpc_network" "own" {
  name = var.name
}

resource "yandex_vpc_gateway" "egress" {
  name = "${var.name}-egress"

  shared_egress_gateway {}
}

resource "yandex_vpc_route_table" "egress" {
  name       = "${var.name}-egress"
  network_id = yandex_vpc_network.own.id

  static_route {
    destination_prefix = "0.0.0.0/0"
    gateway_id         = yandex_vpc_gateway.egress.id
  }
}

resource "yandex_vpc_subnet" "own" {
  name           = var.name
  zone           = data.yandex_client_config.own.zone
  network_id     = yandex_vpc_network.own.id
  route_table_id = yandex_vpc_route_table.egress.id
  v4_cidr_blocks = [var.cidr]
}
