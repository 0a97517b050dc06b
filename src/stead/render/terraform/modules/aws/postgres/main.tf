data "aws_caller_identity" "here" {}

resource "aws_kms_key" "insights" {
  description             = "The statements that Performance Insights shows of ${var.name}"
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

resource "aws_db_subnet_group" "own" {
  name       = "${var.name}-postgres"
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "postgres" {
  name        = "${var.name}-postgres"
  description = "PostgreSQL, from the network"
  vpc_id      = var.network_id

  ingress {
    description = "PostgreSQL, from the network"
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = [var.cidr]
  }
}

data "aws_iam_policy_document" "monitoring" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "monitoring" {
  name               = "${var.name}-postgres-monitoring"
  assume_role_policy = data.aws_iam_policy_document.monitoring.json
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

# A connection without TLS is refused. The log has changes of tables and roles, and statements that take a second.
resource "aws_db_parameter_group" "own" {
  name        = "${var.name}-postgres"
  description = "PostgreSQL of ${var.name}"
  family      = "postgres17"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name  = "log_statement"
    value = "ddl"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }
}

# The administrator's password is made by the cloud and kept in Secrets Manager: it is not in the state. The databases
# and their roles are made by the backend's own Job, whose URLs a person puts there.
resource "aws_db_instance" "own" {
  identifier                          = "${var.name}-postgres"
  engine                              = "postgres"
  engine_version                      = "17"
  instance_class                      = var.size
  allocated_storage                   = var.disk
  storage_encrypted                   = true
  username                            = "postgres"
  manage_master_user_password         = true
  iam_database_authentication_enabled = true
  performance_insights_enabled        = true
  performance_insights_kms_key_id     = aws_kms_key.insights.arn
  monitoring_interval                 = 60
  monitoring_role_arn                 = aws_iam_role.monitoring.arn
  enabled_cloudwatch_logs_exports     = ["postgresql", "upgrade"]
  parameter_group_name                = aws_db_parameter_group.own.name
  db_subnet_group_name                = aws_db_subnet_group.own.name
  vpc_security_group_ids              = [aws_security_group.postgres.id]
  multi_az                            = true
  backup_retention_period             = 14
  deletion_protection                 = true
  auto_minor_version_upgrade          = true
  copy_tags_to_snapshot               = true
  final_snapshot_identifier           = "${var.name}-postgres-final"

  lifecycle {
    prevent_destroy = true
  }
}
