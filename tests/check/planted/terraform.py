"""The defects of Terraform, each in files that are written beside the shop and have no other."""

from check.defects import among, both, write

VERSIONS = """terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {
    bucket       = "example-state"
    key          = "shop/prod"
    use_lockfile = true
  }
}
"""
DATABASE = """resource "aws_db_instance" "own" {
  identifier                  = "shop"
  manage_master_user_password = true
  publicly_accessible         = false

  lifecycle {
    prevent_destroy = true
  }
}

data "aws_iam_policy_document" "own" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}

module "network" {
  source = "git::https://git.example.com/modules.git//network?ref=v1.4.0"
}

output "admin_password" {
  value     = random_password.admin.result
  sensitive = true
}
"""
FILES = {"infra/versions.tf": VERSIONS, "infra/main.tf": DATABASE}


def changed(name, before, after):
    """Return a defect: all files, and one text of one of them is another."""
    return among(FILES, name, before, after)


MAIN, TOP = "infra/main.tf", "infra/versions.tf"
PLANTED = {
    "TERRAFORM020": both(changed(TOP, "~> 6.0", "~> 6.1"), write("infra/terraform.tfstate.backup", '{"version": 4}\n')),
    "TERRAFORM021": changed(MAIN, "prevent_destroy = true", "prevent_destroy = false"),
    "TERRAFORM022": changed(MAIN, "manage_master_user_password = true", 'password = "correct horse battery staple"'),
    "TERRAFORM023": changed(TOP, "~> 6.0", ">= 6.0"),
    "TERRAFORM024": changed(TOP, "    use_lockfile = true\n", ""),
    "TERRAFORM025": changed(MAIN, "ref=v1.4.0", "ref=main"),
    "TERRAFORM026": changed(MAIN, "publicly_accessible         = false", "publicly_accessible         = true"),
    "TERRAFORM028": changed(
        MAIN, "publicly_accessible         = false", "publicly_accessible         = false\n  skip_final_snapshot = true"
    ),
    "TERRAFORM029": changed(MAIN, 'actions   = ["s3:GetObject"]', 'actions   = ["*"]'),
    "TERRAFORM027": changed(MAIN, "  sensitive = true\n", ""),
}
