output "address" {
  description = "Where images are pushed to."
  value       = "cr.yandex/${yandex_container_registry.own.id}"
}
