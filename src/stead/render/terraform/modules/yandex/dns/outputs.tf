output "host" {
  description = "The name that leads to the gateway."
  value       = trimsuffix(yandex_dns_recordset.host.name, ".")
}

output "certificate" {
  description = "The certificate of the host."
  value       = yandex_cm_certificate.host.id
}
