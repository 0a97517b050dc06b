"""Silences: where they reach, what they need, and what is said of those that are left over."""

import pytest

from stead.check.context import Context
from stead.check.engine import check
from stead.check.registry import rules
from stead.check.rule import rule
from stead.check.sandbox import described
from stead.check.tree import Tree
from stead.model import Problem, SourceLocation

SHOP = 'from stead import Backend, Service\n\nbackend = Backend("shop", services=[Service("orders", command="run")])\n'
MARK = "stead: " + "ignore"  # written apart, since this file is looked at too


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "backend.py").write_text(SHOP)
    return tmp_path


def said_of(shop, name, line, *, also=None, code="SETTING010"):
    """Return what comes of a finding on a line of a file, beside the rules about silences."""

    @rule(code)
    def find(_seen):
        """It holds.

        It must.
        """
        second = SourceLocation(str(shop / also[0]), also[1]) if also else None
        yield Problem(code, "it does not", SourceLocation(str(shop / name), line), "fix it", second)

    file, backend, problems = described(shop)
    context = Context(file, Tree(shop), backend, problems=problems)
    result = check(context, [find, *rules(["SILENCE"])])
    assert result.broken == ()
    return [each.code for each in result.findings], [each.silenced for each in result.silenced]


@pytest.mark.parametrize(
    ("name", "text", "line", "silenced"),
    [
        ("a.py", "x = 1  # {} why\ny = 2\n", 1, True),
        ("a.py", "x = 1  # {} why\ny = 2\n", 2, False),
        ("a.py", "# {} why\ny = 2\n", 2, True),
        ("a.py", "    #   {} why\n    y = 2\n", 2, True),
        ("a.py", "# {} why\n\ny = 2\n", 3, False),
        ("a.py", "y = 2\n# {} why\n", 1, False),
        ("a.js", "// {} why\nlet y;\n", 2, True),
        ("a.js", "let x; // {} why\nlet y;\n", 2, False),
        ("a.sql", "-- {} why\nselect 1;\n", 2, True),
        ("a.html", "<!-- {} why -->\n<a>there</a>\n", 2, True),
        ("a.yml", "on:\n  # {} why\n  push:\n", 3, True),
        ("a.py", '"""About."""  # {} why\n\n\nx = 1\n', 0, True),
        ("a.py", "x = 1\nx = 2\nx = 3  # {} why\n", 0, False),
    ],
)
def test_where_a_silence_reaches(shop, name, text, line, silenced):
    (shop / name).write_text(text.format(f"{MARK}[SETTING010]"))
    findings, reasons = said_of(shop, name, line)
    assert reasons == (["why"] if silenced else [])
    assert sorted(findings) == ([] if silenced else ["SETTING010", "SILENCE011"])


def test_it_may_stand_at_the_second_place(shop):
    (shop / "backend.py").write_text(SHOP.replace("])", f"])  # {MARK}[SETTING010] the machine sets it"))
    (shop / "a.py").write_text("x = 1\n")
    assert said_of(shop, "a.py", 1, also=("backend.py", 3)) == ([], ["the machine sets it"])


def test_one_without_a_reason_silences_nothing(shop):
    (shop / "a.py").write_text(f"x = 1  # {MARK}[SETTING010]\n")
    assert said_of(shop, "a.py", 1) == (["SETTING010", "SILENCE010"], [])


@pytest.mark.parametrize("mark", [":", "—", "-", " - ", ""])
def test_a_reason_may_be_set_off(shop, mark):
    (shop / "a.py").write_text(f"x = 1  # {MARK}[SETTING010]{mark} the machine sets it\n")
    assert said_of(shop, "a.py", 1) == ([], ["the machine sets it"])


def test_one_comment_may_silence_several(shop):
    (shop / "a.py").write_text(f"x = 1  # {MARK}[CALL001, SETTING010] meant\n")
    assert said_of(shop, "a.py", 1) == ([], ["meant"])  # CALL001 was not asked, and so is not judged


def test_one_of_another_rule_does_not_count(shop):
    (shop / "a.py").write_text(f"x = 1  # {MARK}[SETTING011] meant\n")
    assert said_of(shop, "a.py", 1) == (["SETTING010"], [])


def test_one_of_no_rule_is_told_of(shop):
    (shop / "a.py").write_text(f"x = 1  # {MARK}[SETTING999] meant\n")
    assert said_of(shop, "a.py", 1) == (["SETTING010", "SILENCE011"], [])


def test_nothing_silences_what_is_said_of_silences(shop):
    (shop / "a.py").write_text(f"# {MARK}[SILENCE010] no\nx = 1  # {MARK}[SETTING010]\n")
    assert "SILENCE010" in said_of(shop, "a.py", 1)[0]


def test_none_is_judged_while_the_description_cannot_be_used(shop):
    (shop / "backend.py").write_text("raise ValueError\n")
    (shop / "a.py").write_text(f"y = 1\nx = 1  # {MARK}[SETTING010] meant\n")
    assert said_of(shop, "a.py", 1) == (["SETTING010"], [])
