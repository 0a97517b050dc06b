resource "aws_db_instance" "own" {
  identifier                  = "shop"
  manage_master_user_password = true
  publicly_accessible         = true #! TERRAFORM026

  lifecycle {
    prevent_destroy = true
  }
}

resource "yandex_mdb_postgresql_cluster" "own" {
  host {
    assign_public_ip = true #! TERRAFORM026
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_acl" "media" {
  acl = "public-read" #! TERRAFORM026
}

resource "aws_security_group" "door" {
  ingress {
    from_port   = 22 #! TERRAFORM026
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}
