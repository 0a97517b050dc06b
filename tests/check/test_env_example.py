"""An env example that lacks names: they are added by `--fix`, at its end, without values."""

import shutil
from pathlib import Path

from check.rule_run import held
from stead.check.fix import apply
from stead.check.registry import rules

CASE = Path(__file__).parent / "cases" / "SETTING015" / "bad"


def test_missing_names_are_added(tmp_path):
    shutil.copytree(CASE, tmp_path, dirs_exist_ok=True)
    findings = held(tmp_path, rules(["SETTING015"]))
    before = (tmp_path / ".env.example").read_text()
    assert apply(step for finding in findings for step in finding.steps)[1] == []
    assert (tmp_path / ".env.example").read_text() == f"{before.rstrip()}\nPARTNER_KEY=\n"
    assert held(tmp_path, rules(["SETTING015"])) == ()
