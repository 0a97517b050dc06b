data "aws_availability_zones" "here" {
  state = "available"
}

data "aws_region" "here" {}

locals {
  log_group = "/vpc/${var.name}"
}

resource "aws_vpc" "own" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = {
    Name = var.name
  }
}

# What names no group of its own would be in this one: it lets nothing in, and nothing out.
resource "aws_default_security_group" "none" {
  vpc_id = aws_vpc.own.id
}

resource "aws_subnet" "own" {
  count = 2

  vpc_id            = aws_vpc.own.id
  cidr_block        = cidrsubnet(var.cidr, 4, count.index)
  availability_zone = data.aws_availability_zones.here.names[count.index]

  tags = {
    Name = "${var.name}-${count.index + 1}"
  }
}

# The account's own policies say who uses the key, and the logs of the region may, for this one group.
resource "aws_kms_key" "flow" {
  description             = "Who was refused in ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "kms:*"
        Resource  = "*"
        Principal = { AWS = "arn:aws:iam::${aws_vpc.own.owner_id}:root" }
      },
      {
        Effect    = "Allow"
        Action    = ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Principal = { Service = "logs.${data.aws_region.here.region}.amazonaws.com" }
        Condition = {
          ArnEquals = {
            "kms:EncryptionContext:aws:logs:arn" = join(":", [
              "arn:aws:logs", data.aws_region.here.region, aws_vpc.own.owner_id, "log-group", local.log_group,
            ])
          }
        }
      },
    ]
  })

  lifecycle {
    prevent_destroy = true
  }
}

# Who was refused, and where to: ninety days of it.
resource "aws_cloudwatch_log_group" "flow" {
  name              = local.log_group
  kms_key_id        = aws_kms_key.flow.arn
  retention_in_days = 90
}

data "aws_iam_policy_document" "flow" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "flow_log" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.flow.arn}:*"]
  }
}

resource "aws_iam_role" "flow" {
  name               = "${var.name}-flow"
  assume_role_policy = data.aws_iam_policy_document.flow.json
}

resource "aws_iam_role_policy" "flow" {
  name   = "${var.name}-flow"
  role   = aws_iam_role.flow.id
  policy = data.aws_iam_policy_document.flow_log.json
}

resource "aws_flow_log" "own" {
  vpc_id          = aws_vpc.own.id
  traffic_type    = "REJECT"
  iam_role_arn    = aws_iam_role.flow.arn
  log_destination = aws_cloudwatch_log_group.flow.arn
}
