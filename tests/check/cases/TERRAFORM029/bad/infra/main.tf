data "aws_iam_policy_document" "own" {
  statement {
    actions   = ["*"] #! TERRAFORM029
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "narrow" {
  statement {
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
  }

  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "own" {
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] #! TERRAFORM029
  })
}
