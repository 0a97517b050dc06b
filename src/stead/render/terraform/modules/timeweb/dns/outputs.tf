output "host" {
  description = "The name that leads to the gateway."
  value       = local.label == "" ? data.twc_dns_zone.own.name : "${twc_dns_rr.host.name}.${data.twc_dns_zone.own.name}"
}

output "certificate" {
  description = "The certificate of the host."
  value       = "${var.name}-certificate"
}
