# Made by `stead render` from backend.py: change that, or delete this line to own the file. [d38ecddb3a6741ed]
resource "yandex_dns_zone" "own" {
  name   = "${var.name}-zone"
  zone   = "${trimsuffix(var.zone, ".")}."
  public = true
}

resource "yandex_dns_recordset" "host" {
  zone_id = yandex_dns_zone.own.id
  name    = "${var.host}."
  type    = "A"
  ttl     = 300
  data    = [var.address]
}

resource "yandex_cm_certificate" "host" {
  name    = "${var.name}-certificate"
  domains = [var.host]

  managed {
    challenge_type = "DNS_CNAME"
  }
}

resource "yandex_dns_recordset" "challenge" {
  zone_id = yandex_dns_zone.own.id
  name    = yandex_cm_certificate.host.challenges[0].dns_name
  type    = yandex_cm_certificate.host.challenges[0].dns_type
  ttl     = 300
  data    = [yandex_cm_certificate.host.challenges[0].dns_value]
}
