data "aws_region" "here" {}

# By their names: a zone that the region gets later moves nothing.
data "aws_availability_zones" "here" {
  state = "available"

  filter {
    name   = "zone-name"
    values = [for letter in ["a", "b", "c"] : "${data.aws_region.here.region}${letter}"]
  }
}

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
    Name                              = "${var.name}-${count.index + 1}"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

# The way out: nodes fetch their images, and reach the API of their cluster, by a NAT gateway in their own zone. Nothing
# has a public address in these subnets but the NAT gateways and the load balancer of the gateway.
resource "aws_internet_gateway" "own" {
  vpc_id = aws_vpc.own.id

  tags = {
    Name = var.name
  }
}

resource "aws_subnet" "public" {
  count = 2

  vpc_id            = aws_vpc.own.id
  cidr_block        = cidrsubnet(var.cidr, 4, count.index + 2)
  availability_zone = data.aws_availability_zones.here.names[count.index]

  tags = {
    Name                     = "${var.name}-public-${count.index + 1}"
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_eip" "nat" {
  count = 2

  domain = "vpc"

  tags = {
    Name = "${var.name}-${count.index + 1}"
  }
}

resource "aws_nat_gateway" "own" {
  count = 2

  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id

  tags = {
    Name = "${var.name}-${count.index + 1}"
  }

  depends_on = [aws_internet_gateway.own]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.own.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.own.id
  }

  tags = {
    Name = "${var.name}-public"
  }
}

resource "aws_route_table_association" "public" {
  count = 2

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "own" {
  count = 2

  vpc_id = aws_vpc.own.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.own[count.index].id
  }

  tags = {
    Name = "${var.name}-${count.index + 1}"
  }
}

resource "aws_route_table_association" "own" {
  count = 2

  subnet_id      = aws_subnet.own[count.index].id
  route_table_id = aws_route_table.own[count.index].id
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

# The refused connections, and where they went: a year of them.
resource "aws_cloudwatch_log_group" "flow" {
  name              = local.log_group
  kms_key_id        = aws_kms_key.flow.arn
  retention_in_days = 365
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
