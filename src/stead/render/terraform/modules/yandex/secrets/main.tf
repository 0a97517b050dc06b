# The secret, and no version of it: a person adds the value, so that it is in no state and in no plan.
resource "yandex_lockbox_secret" "own" {
  for_each = var.secrets

  name                = "${var.name}-${replace(lower(each.key), "/[^a-z0-9-]/", "-")}"
  description         = each.key
  deletion_protection = true

  lifecycle {
    prevent_destroy = true
  }
}
