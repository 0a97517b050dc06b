"""A clean shop; into it, the defect of each rule in turn; and exactly that rule's finding comes out, and no other.

The table is open: every file of `planted/` has a `PLANTED`, by code a function that spoils the shop in a folder. Such a
function may return what the rule is to be given besides: `{"against": …}`, `{"urls": …, "version": …}`.
"""

import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from check.holding import git, held
from stead.check.registry import rules

HERE = Path(__file__).parent
SHOP = HERE / "shop"
EVERY = {rule.code: rule for rule in rules(costs=("fast", "slow", "live", "history")) if int(rule.code[-3:]) >= 10}
FAST = rules(costs=("fast",))


def planted():
    found = {}
    for file in sorted((HERE / "planted").glob("*.py")):
        spec = spec_from_file_location(f"planted_{file.stem}", file)
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        assert not found.keys() & module.PLANTED.keys(), file
        found |= module.PLANTED
    return found


PLANTED = planted()


@pytest.fixture
def shop(tmp_path):
    """A shop of one's own, in git."""
    root = tmp_path / "shop"
    shutil.copytree(SHOP, root)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "shop")
    return root


def test_the_shop_is_clean(shop):
    slow = [rule for rule in EVERY.values() if rule.cost == "slow"]
    assert held(shop, [*FAST, *slow]) == ()


@pytest.mark.parametrize("code", EVERY)
def test_every_rule_has_a_defect(code):
    assert code in PLANTED, f"tests/check/planted/ has no defect for {code}"


@pytest.mark.parametrize("code", [code for code in PLANTED if code in EVERY])
def test_the_defect_of_a_rule_is_found_and_nothing_else(code, shop):
    given = PLANTED[code](shop) or {}
    asked = FAST if EVERY[code].cost == "fast" else [*FAST, EVERY[code]]
    findings = held(shop, asked, **given)
    assert {finding.code for finding in findings} == {code}, findings


def test_no_defect_is_without_a_rule():
    assert PLANTED.keys() <= EVERY.keys()
