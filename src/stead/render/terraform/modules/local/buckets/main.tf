resource "terraform_data" "bucket" {
  for_each = var.buckets

  input = {
    name        = each.value.name
    owner       = var.name
    versioned   = each.value.versioned
    expire_days = each.value.expire_days
  }

  lifecycle {
    prevent_destroy = true
  }
}
