"""The engine: every rule is asked, one that fails costs nothing else, and several backends are one result."""

import sys

import pytest

from stead.check.cache import Cache
from stead.check.context import Context
from stead.check.engine import Result, check
from stead.check.inspection import InspectionRequest, look
from stead.check.registry import FAMILIES, UnknownCodeError, family_of, rule_of, rules
from stead.check.rule import rule
from stead.check.sandbox import described
from stead.check.tree import Tree
from stead.model import Problem, SourceLocation

SHOP = 'from stead import Backend, Service\n\nbackend = Backend("shop", services=[Service("orders", command="run")])\n'


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "backend.py").write_text(SHOP)
    return tmp_path


def context(root, **given):
    file, backend, problems = described(root)
    return Context(file, Tree(root), backend, problems=problems, **given)


def finding(code, *, line=1, message="this is wrong", severity="error", file="/a/backend.py"):
    @rule(code, severity=severity)
    def find(_seen):
        """Something holds.

        It must.
        """
        yield Problem(code, message, SourceLocation(file, line, 1), "fix it")

    return find


@rule("TEST666")
def breaks(_seen):
    """It never holds.

    It breaks.
    """
    yield Problem("TEST666", "found before", SourceLocation("/a", 1))
    raise ZeroDivisionError("by nothing")


def test_a_rule_that_fails_costs_no_finding(shop):
    result = check(context(shop), [breaks, finding("TEST001")])
    assert [each.code for each in result.findings] == ["TEST666", "TEST001"]
    assert result.broken == ("TEST666 failed: ZeroDivisionError: by nothing",)


def test_a_rule_that_fails_over_a_bad_description_is_no_failure(shop):
    (shop / "backend.py").write_text(SHOP.replace('"orders"', '"Orders"'))
    result = check(context(shop), [breaks, rule_of("NAME001")])
    assert result.broken == ()
    assert result.notes == ("TEST666 could not run while the description has problems",)
    assert "NAME001" in [each.code for each in result.findings]


def test_two_problems_in_one_place_are_two_findings(shop):
    said = [
        finding("TEST001", message="one"),
        finding("TEST001", message="two"),
        finding("TEST001", message="one"),
    ]
    assert [each.message for each in check(context(shop), said).findings] == ["one", "two"]


def test_findings_are_sorted_by_place(shop):
    said = [finding("TEST001", line=9), finding("TEST002", line=10), finding("TEST003", line=1)]
    assert [each.code for each in check(context(shop), said).findings] == ["TEST003", "TEST001", "TEST002"]


def test_each_rule_is_told_of(shop):
    told = []
    check(context(shop), [finding("TEST002"), finding("TEST001")], told.append)
    assert [rule.code for rule in told] == ["TEST002", "TEST001"]


def test_results_add_up(shop):
    one, two = (check(context(shop), [finding(code)]) for code in ("TEST002", "TEST001"))
    both = Result() + one + two
    assert [each.code for each in both.findings] == ["TEST001", "TEST002"]
    assert (both.rules, both.files) == (1, one.files + two.files)


def test_the_line_of_a_secret_is_hidden(shop):
    @rule("TEST001", shown=False)
    def find(_seen):
        """It holds.

        It must.
        """
        yield Problem("TEST001", "a secret is here", SourceLocation("/a", 1))

    (found,) = check(context(shop), [find]).findings
    assert found.hidden


def test_backends_of_one_run_do_not_share_modules(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "names.py").write_text(f'NAME = "{name}"\n')
        text = SHOP.replace("backend =", "from names import NAME\n\nbackend =").replace('"orders"', "NAME.title()")
        (tmp_path / name / "backend.py").write_text(text)
    found = [look(tmp_path / name, InspectionRequest([rule_of("NAME001")])).findings for name in ("one", "two")]
    assert [each.message for findings in found for each in findings] == [
        "'One' is not a DNS label",
        "'Two' is not a DNS label",
    ]


def test_installed_packages_are_kept(tmp_path):
    installed = tmp_path / ".venv" / "lib" / "site-packages"
    installed.mkdir(parents=True)
    (installed / "installed_once.py").write_text("")
    (tmp_path / "own_only.py").write_text("")
    text = f"import sys\nsys.path.append({str(installed)!r})\nimport installed_once, own_only\n"
    (tmp_path / "backend.py").write_text(text + SHOP)
    look(tmp_path, InspectionRequest([rule_of("NAME001")]))
    assert "installed_once" in sys.modules
    assert "own_only" not in sys.modules
    del sys.modules["installed_once"]


# ---- the rules that are chosen


def test_rules_are_chosen_by_codes_and_beginnings():
    assert [each.code for each in rules(["CALL001", "NAME"])] == ["CALL001", "NAME001", "NAME002", "NAME003"]
    assert [each.code for each in rules(["NAME"], ["NAME002"])] == ["NAME001", "NAME003"]
    assert {each.cost for each in rules()} <= {"fast", "slow"}
    assert rules(["NAME001", "NAME"]) == rules(["NAME"])


@pytest.mark.parametrize(
    ("said", "near"), [("CALL01", "CALL001"), ("NAMES", "NAME"), ("ROUT001", "ROUTE001"), ("QQQ", "stead explain")]
)
def test_an_unknown_code_has_near_matches(said, near):
    with pytest.raises(UnknownCodeError, match=near):
        rules([said])
    with pytest.raises(UnknownCodeError):
        rules(ignore=[said])
    with pytest.raises(UnknownCodeError):
        rule_of(said)


def test_each_family_holds_its_own_codes():
    for family in FAMILIES:
        assert all(each.code.startswith(family) for each in family_of(family)), family


# ---- what is kept between two checks


def test_facts_are_kept_and_a_part_of_the_rules_forgets_nothing(shop):
    (shop / "main.py").write_text("import os\n")
    look(shop, InspectionRequest(rules(["SILENCE"])))
    kept = (shop / ".stead" / "check.cache").read_bytes()
    look(shop, InspectionRequest(rules(["NAME"])))
    assert (shop / ".stead" / "check.cache").read_bytes() == kept
    assert (shop / ".stead" / ".gitignore").read_text() == "*\n"


def test_what_has_changed_is_read_again(shop):
    file = shop / "main.py"
    file.write_text("x = 1\n")
    look(shop, InspectionRequest(rules(["SILENCE"])))
    file.write_text("x = 1  # stead: ignore[NAME001]\n")
    assert [each.code for each in look(shop, InspectionRequest(rules(["SILENCE"]))).findings] == ["SILENCE010"]


@pytest.mark.parametrize("content", [b"", b"\x93nonsense", b"\x92\x01\x80"])
def test_a_damaged_cache_is_passed_over(shop, content):
    (shop / ".stead").mkdir()
    (shop / ".stead" / "check.cache").write_bytes(content)
    assert look(shop, InspectionRequest(rules(["SILENCE"]))).findings == ()


def test_a_folder_that_cannot_be_written_costs_nothing(shop):
    (shop / ".stead").write_text("a file is where the folder would be")
    assert look(shop, InspectionRequest(rules(["SILENCE"]))).broken == ()


def test_a_file_that_is_too_large_is_told_of_every_time(shop):
    (shop / "dump.sql").write_text("x" * 2_000_001)
    first, second = (look(shop, InspectionRequest(rules(["SILENCE"]))) for _ in range(2))
    assert first.notes == second.notes
    assert "2,000,001 bytes" in first.notes[0]


def test_a_cache_of_its_own_file_only():
    assert Cache().save() is None


# ---- a description that does harm


def test_an_endless_description_is_interrupted(shop):
    (shop / "backend.py").write_text("while True:\n    try:\n        x = 1\n    except:\n        pass\n")
    (found,) = check(context(shop), [rule_of("BACKEND004")]).findings
    assert "longer than 0.5 s" in found.message
    assert found.place.line in range(1, 6)


def test_what_it_prints_is_shown_to_nobody(shop, capfd):
    (shop / "backend.py").write_text(f'import os\nprint("loud")\nos.system("echo louder")\n{SHOP}')
    (found,) = check(context(shop), [rule_of("BACKEND005")]).findings
    assert found.place.line == 2
    assert capfd.readouterr().out == ""
