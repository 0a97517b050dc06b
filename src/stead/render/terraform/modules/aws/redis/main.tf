data "aws_caller_identity" "here" {}

resource "aws_kms_key" "redis" {
  description             = "What Redis of ${var.name} keeps on disks"
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

resource "aws_elasticache_subnet_group" "own" {
  name       = "${var.name}-redis"
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "redis" {
  name        = "${var.name}-redis"
  description = "Redis, from the network"
  vpc_id      = var.network_id

  ingress {
    description = "Redis, from the network"
    protocol    = "tcp"
    from_port   = 6379
    to_port     = 6379
    cidr_blocks = [var.cidr]
  }
}

resource "aws_elasticache_replication_group" "own" {
  replication_group_id       = "${var.name}-redis"
  description                = "Redis of ${var.name}"
  engine                     = "valkey"
  node_type                  = var.size
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.redis.arn
  transit_encryption_enabled = true
  snapshot_retention_limit   = 7
  subnet_group_name          = aws_elasticache_subnet_group.own.name
  security_group_ids         = [aws_security_group.redis.id]

  lifecycle {
    prevent_destroy = true
  }
}
