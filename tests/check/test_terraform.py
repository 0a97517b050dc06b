"""What Stead renders of Terraform has no finding of Stead's own rules."""

import pytest

from check.rule_run import held
from render.terraform.shop import shop
from render.terraform.test_clouds import CLOUDS, backend
from stead.check.registry import rules
from stead.render.targets import generated

TERRAFORM = tuple(each for each in rules(costs=("fast", "slow")) if each.code.startswith("TERRAFORM"))


@pytest.mark.parametrize("provider", ["local", *CLOUDS])
def test_rendered_files_have_no_finding(provider, tmp_path):
    described = shop({"prod": "local"}) if provider == "local" else backend(provider)
    (tmp_path / "backend.py").write_text('from stead import Backend\n\nbackend = Backend("shop")\n')
    for path, text in generated(described, ["terraform"]).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert len(TERRAFORM) == 10
    assert [str(each) for each in held(tmp_path, TERRAFORM)] == []
