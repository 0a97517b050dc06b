data "aws_caller_identity" "here" {}

data "aws_region" "here" {}

# The user whose access key the services use needs kms:GenerateDataKey and kms:Decrypt on this key, beside its bucket.
resource "aws_kms_key" "buckets" {
  description             = "The buckets of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "kms:*"
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.here.account_id}:root" }
    }]
  })

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket" "own" {
  for_each = var.buckets

  bucket = each.value.name

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "own" {
  for_each = aws_s3_bucket.own

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "own" {
  for_each = aws_s3_bucket.own

  bucket = each.value.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.buckets.arn
      sse_algorithm     = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_versioning" "own" {
  for_each = aws_s3_bucket.own

  bucket = each.value.id

  versioning_configuration {
    status = var.buckets[each.key].versioned ? "Enabled" : "Suspended"
  }
}

# The parts of an upload that was never finished cost as much as a file, and are in no list of the bucket.
resource "aws_s3_bucket_lifecycle_configuration" "own" {
  for_each = aws_s3_bucket.own

  bucket = each.value.id

  rule {
    id     = "unfinished"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  dynamic "rule" {
    for_each = var.buckets[each.key].expire_days > 0 ? [var.buckets[each.key].expire_days] : []

    content {
      id     = "expire"
      status = "Enabled"

      filter {}

      expiration {
        days = rule.value
      }
    }
  }
}
