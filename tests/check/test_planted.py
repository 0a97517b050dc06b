"""A clean shop; into it, the defect of each rule in turn; and exactly that rule's finding comes out, and no other.

The table is open: every file of `planted/` has a `PLANTED`, by code a function that spoils the shop in a folder. Such a
function may return what the rules are to be given besides: `{"against": …}`; or `{"answers": …, "version": …}`, what
answers where the shop runs.
"""

import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from check.defects import running
from check.rule_run import answering, git, held
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


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """The shop in git, made once: a repository is a folder, and copied like one."""
    root = tmp_path_factory.mktemp("committed") / "shop"
    shutil.copytree(SHOP, root)
    git(root, "init", "-q", "-b", "main", "--template=")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "shop")
    git(root, "repack", "-a", "-d", "-q")  # one file in place of a folder for each
    return root


@pytest.fixture
def shop(committed, tmp_path):
    """A shop of one's own."""
    return shutil.copytree(committed, tmp_path / "shop")


def asked(shop, cost, given):
    """Hold the shop against all fast rules and those of a cost; `answers` are served by HTTP where it runs."""
    with answering(given.pop("answers", {})) as urls:
        own = [rule for rule in EVERY.values() if rule.cost == cost != "fast"]
        return held(shop, [*FAST, *own], **({"urls": urls} if urls else {}), **given)


@pytest.mark.parametrize("cost", ["fast", "slow", "live", "history"])
def test_the_shop_is_clean(shop, cost):
    assert asked(shop, cost, running()(shop) if cost == "live" else {}) == ()


def test_every_rule_has_a_defect():
    assert EVERY.keys() - PLANTED.keys() == set(), "tests/check/planted/ has no defect for these"


@pytest.mark.parametrize("code", [code for code in PLANTED if code in EVERY])
def test_the_defect_of_a_rule_is_found_and_nothing_else(code, shop):
    findings = asked(shop, EVERY[code].cost, PLANTED[code](shop) or {})
    assert {finding.code for finding in findings} == {code}, findings


def test_no_defect_is_without_a_rule():
    assert PLANTED.keys() <= EVERY.keys()
