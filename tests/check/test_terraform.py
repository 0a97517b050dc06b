"""Terraform: what Stead renders has no finding of its own rules, and a block is read on one line as on many."""

import pytest

from check.rule_run import held
from render.terraform.shop import shop
from render.terraform.test_clouds import CLOUDS, backend
from stead.check.registry import rules
from stead.render.targets import generated

BACKEND = 'from stead import Backend\n\nbackend = Backend("shop")\n'
TERRAFORM = tuple(each for each in rules(costs=("fast", "slow")) if each.code.startswith("TERRAFORM"))


@pytest.mark.parametrize("provider", ["local", *CLOUDS])
def test_rendered_files_have_no_finding(provider, tmp_path):
    described = shop({"prod": "local"}) if provider == "local" else backend(provider)
    (tmp_path / "backend.py").write_text(BACKEND)
    for path, text in generated(described, ["terraform"]).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert len(TERRAFORM) == 10
    assert [str(each) for each in held(tmp_path, TERRAFORM)] == []


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ('variable "mail_password" { default = "correct horse" }', ["TERRAFORM022", "TERRAFORM027"]),
        ('resource "aws_s3_bucket" "own" { force_destroy = true }', ["TERRAFORM021", "TERRAFORM028"]),
        ('resource "aws_s3_bucket_acl" "own" { acl = "public-read" }', ["TERRAFORM026"]),
        ('# resource "aws_s3_bucket" "own" { force_destroy = true }', []),
        ('locals { text = "resource \\"aws_s3_bucket\\" \\"own\\" {" }', []),
        ('locals {\n  text = <<-END\n    module "a" { source = "git::https://a.example/b.git" }\n  END\n}', []),
    ],
)
def test_a_block_of_one_line_is_read_and_a_text_is_none(line, codes, tmp_path):
    (tmp_path / "backend.py").write_text(BACKEND)
    (tmp_path / "main.tf").write_text(f"{line}\n")
    assert sorted(each.code for each in held(tmp_path, TERRAFORM)) == codes
