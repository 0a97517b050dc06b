output "names" {
  description = "By secret, where its value is put by a person."
  value       = { for name, each in yandex_lockbox_secret.own : name => each.id }
}
