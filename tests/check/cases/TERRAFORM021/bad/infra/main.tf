resource "aws_db_instance" "own" { #! TERRAFORM021
  identifier                  = "shop"
  manage_master_user_password = true
}

resource "yandex_mdb_postgresql_cluster" "own" { #! TERRAFORM021
  name = "shop"
}

resource "twc_database_cluster" "own" { #! TERRAFORM021
  lifecycle {
    prevent_destroy = false
  }
}

resource "aws_s3_bucket" "media" { #! TERRAFORM021
  bucket = "media"
}

resource "aws_s3_bucket" "line" { bucket = "shop" } #! TERRAFORM021

resource "aws_elasticache_replication_group" "own" { #! TERRAFORM021
  description = "Redis of shop"
}
