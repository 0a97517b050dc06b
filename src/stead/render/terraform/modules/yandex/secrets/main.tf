# The secret, and no version of it: a person adds the value, so that it is in no state and in no plan. Its name is the
# key that the ExternalSecret of its process asks for: the SecretStore reads by name, with `fetching: byName` of the
# External Secrets operator and this folder's id.
resource "yandex_lockbox_secret" "own" {
  for_each = var.secrets

  name                = each.key
  description         = "A secret of ${var.name}"
  deletion_protection = true

  lifecycle {
    prevent_destroy = true
  }
}
