"""The pages of docs/checks: as the rules and their cases say, complete, and in step."""

import re

import pytest

from stead.check.example import CASES, examples
from stead.check.pages import EVERY, PAGES, REPOSITORY, page, stale, written
from stead.check.registry import rules

RULES = rules(costs=EVERY)


def test_the_pages_are_in_step():
    assert stale() == [], "run: make checks-docs"


def test_a_page_says_what_why_and_shows_both():
    for rule in RULES:
        made = page(rule)
        assert made.startswith(f"# {rule.code}: {rule.title}\n")
        assert len(rule.page.split("\n\n", 1)[1]) > 40, f"the page of {rule.code} does not say why, and what to do"
        if (REPOSITORY / CASES / rule.code).exists():  # that each rule has its cases is held elsewhere
            assert "## Wrong\n\n`" in made, rule.code
            assert "## Right\n\n`" in made, rule.code


def test_the_index_names_every_rule():
    text = (PAGES / "README.md").read_text()
    assert re.findall(r"^\| \[([A-Z]+\d+)\]", text, re.M) == [rule.code for rule in RULES]


def test_without_the_cases_a_page_still_says_why(tmp_path):
    rule = RULES[0]
    assert page(rule, tmp_path) == page(rule).partition("\n\n## Wrong")[0] + "\n"


def test_what_is_written_is_what_was_made():
    assert written(RULES[0]) == page(RULES[0])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x = 1  #! PATH010\n", "x = 1  ← here"),
        ("x: 1  # #! PATH010\n", "x: 1  ← here"),
        ("[a](b) <!-- #! PATH010 PATH011 -->\n", "[a](b)  ← here"),
        ("let x;  // #! PATH010\n", "let x;  ← here"),
    ],
)
def test_a_mark_becomes_an_arrow(tmp_path, text, shown):
    for kind, content in (("bad", text), ("good", "x = 2\n")):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "a.txt").write_text(content)
    wrong = examples(tmp_path)
    assert wrong == ["## Wrong", f"`a.txt`\n\n```\n{shown}\n```", "## Right", "`a.txt`\n\n```\nx = 2\n```"]


def test_what_a_run_left_beside_an_example_is_not_in_its_page(tmp_path):
    for kind, content in (("bad", "x = 1  #! PATH010\n"), ("good", "x = 2\n")):
        (tmp_path / kind / ".stead").mkdir(parents=True)
        (tmp_path / kind / "a.txt").write_text(content)
        (tmp_path / kind / ".stead" / ".gitignore").write_text("*\n")
    assert ".gitignore" not in "".join(examples(tmp_path))


def test_of_a_long_file_only_the_place_is_shown(tmp_path):
    for kind in ("bad", "good"):
        (tmp_path / kind).mkdir()
        lines = [f"line {number}" for number in range(1, 201)]
        lines[99] += "  #! PATH010" if kind == "bad" else ""
        (tmp_path / kind / "a.txt").write_text("\n".join(lines))
    block = examples(tmp_path)[1]
    assert "line 92\n" in block
    assert "line 108\n" in block
    assert "line 91\n" not in block
    assert "line 109\n" not in block


def test_of_a_long_file_that_is_right_what_was_mended_is_shown(tmp_path):
    for kind in ("bad", "good"):
        (tmp_path / kind).mkdir()
        lines = [f"line {number}" for number in range(1, 201)]
        lines[99] = "wrong  #! PATH010" if kind == "bad" else "right"
        (tmp_path / kind / "a.txt").write_text("\n".join(lines))
    block = examples(tmp_path)[3]
    assert block.splitlines()[3:-1] == [
        *(f"line {number}" for number in range(92, 100)),
        "right",
        *(f"line {number}" for number in range(101, 109)),
    ]


def test_a_file_that_is_missing_is_named(tmp_path):
    for kind in ("bad", "good"):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "a.txt").write_text("x\n")
    (tmp_path / "bad" / "expected.txt").write_text("Dockerfile PATH010\n")
    (tmp_path / "good" / "Dockerfile").write_text("FROM scratch\n")
    assert examples(tmp_path) == [
        "## Wrong",
        "`Dockerfile`",
        "## Right",
        "`Dockerfile`\n\n```dockerfile\nFROM scratch\n```",
    ]
