data "aws_iam_policy_document" "own" {
  statement {
    actions   = ["*"] #! TERRAFORM029
    resources = ["*"]
  }
}
