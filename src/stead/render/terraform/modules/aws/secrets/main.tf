data "aws_caller_identity" "here" {}

resource "aws_kms_key" "secrets" {
  description             = "The secrets of ${var.name}"
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

# The secret, and no version of it: a person adds the value, so that it is in no state and in no plan. Its name is the
# key that the ExternalSecret of its process asks for.
resource "aws_secretsmanager_secret" "own" {
  for_each = var.secrets

  name                    = each.key
  kms_key_id              = aws_kms_key.secrets.arn
  recovery_window_in_days = 30

  lifecycle {
    prevent_destroy = true
  }
}
