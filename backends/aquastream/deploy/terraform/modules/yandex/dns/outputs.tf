# Made by `stead render` from backend.py: change that, or delete this line to own the file. [34f78c953a21171b]
output "host" {
  description = "The name that leads to the gateway."
  value       = trimsuffix(yandex_dns_recordset.host.name, ".")
}

output "certificate" {
  description = "The certificate of the host."
  value       = yandex_cm_certificate.host.id
}
