# Made by `stead render` from backend.py: change that, or delete this line to own the file. [a044efa8539d4b12]
data "yandex_client_config" "own" {}

# The account whose static key the services use needs kms.keys.encrypterDecrypter on this key, beside storage.editor.
resource "yandex_kms_symmetric_key" "buckets" {
  name              = "${var.name}-buckets"
  default_algorithm = "AES_256"
  rotation_period   = "8760h"

  lifecycle {
    prevent_destroy = true
  }
}

resource "yandex_storage_bucket" "own" {
  for_each = var.buckets

  bucket    = each.value.name
  folder_id = data.yandex_client_config.own.folder_id

  anonymous_access_flags {
    read        = false
    list        = false
    config_read = false
  }

  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default {
        kms_master_key_id = yandex_kms_symmetric_key.buckets.id
        sse_algorithm     = "aws:kms"
      }
    }
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
