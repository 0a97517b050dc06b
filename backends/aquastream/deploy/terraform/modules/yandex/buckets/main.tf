# Made by `stead render` from backend.py: change that, or delete this line to own the file. [a13b5af0759c9e38]
data "yandex_client_config" "own" {}

resource "yandex_storage_bucket" "own" {
  for_each = var.buckets

  bucket    = "${var.name}-${each.key}"
  folder_id = data.yandex_client_config.own.folder_id

  anonymous_access_flags {
    read        = false
    list        = false
    config_read = false
  }

  versioning {
    enabled = each.value.versioned
  }

  dynamic "lifecycle_rule" {
    for_each = each.value.expire_days > 0 ? [each.value.expire_days] : []

    content {
      id      = "expire"
      enabled = true

      expiration {
        days = lifecycle_rule.value
      }
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}
