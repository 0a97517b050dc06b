data "aws_availability_zones" "here" {
  state = "available"
}

resource "aws_vpc" "own" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = {
    Name = var.name
  }
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
