data "twc_s3_preset" "own" {
  location = var.region
  disk     = 10 * 1024
}

# The provider writes a bucket's keys into the state, and offers no way around it: the state's bucket is private.
resource "twc_s3_bucket" "own" {
  for_each = var.buckets

  name      = each.value.name
  type      = "private"
  preset_id = data.twc_s3_preset.own.id

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = !each.value.versioned && each.value.expire_days == 0
      error_message = "The provider sets neither versions nor an expiry of ${each.key} of ${var.name}: do without them, or take another provider."
    }
  }
}
