# The secret, and no version of it: a person adds the value, so that it is in no state and in no plan.
resource "aws_secretsmanager_secret" "own" {
  for_each = var.secrets

  name                    = "${var.name}/${each.key}"
  recovery_window_in_days = 30

  lifecycle {
    prevent_destroy = true
  }
}
