data "twc_dns_zone" "own" {
  name = trimsuffix(var.zone, ".")
}

locals {
  label = trimsuffix(trimsuffix(var.host, trimsuffix(var.zone, ".")), ".")
}

resource "twc_dns_rr" "host" {
  zone_id = data.twc_dns_zone.own.id
  name    = local.label == "" ? "@" : local.label
  type    = "A"
  value   = var.address
}
