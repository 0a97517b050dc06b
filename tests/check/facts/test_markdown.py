"""What a document links to, and which anchors it has."""

from pathlib import Path

import pytest

from stead.check.facts import Facts, markdown


def read(text):
    facts = Facts()
    markdown.read(Path("/shop/README.md"), text, facts)
    return facts


@pytest.mark.parametrize(
    ("title", "anchor"),
    [
        ("Run it", "run-it"),
        ("What's new?", "whats-new"),
        ("`stead up` & *more*", "stead-up--more"),
        ("**Bold** _words_ snake_case", "bold-words-snake_case"),
        ("[A link](a.md) here", "a-link-here"),
        ("1.2 Version", "12-version"),
        ("Запуск (сервер)", "запуск-сервер"),
        ("A - b", "a---b"),
        ("Ends #", "ends"),
    ],
)
def test_an_anchor_is_githubs(title, anchor):
    assert [at.text for at in read(f"## {title}\n").anchors] == [anchor]


def test_equal_headings_are_numbered():
    assert [at.text for at in read("# A\n## A\n### A\n").anchors] == ["a", "a-1", "a-2"]


def test_a_line_below_text_makes_it_a_heading_and_a_rule_does_not():
    assert [at.text for at in read("A b\n===\n\n---\n\nC\n---\n").anchors] == ["a-b", "c"]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("[a](b)", ["b"]),
        ("[a](b 'c')", ["b"]),
        ("[a](<b c>)", ["b c"]),
        ("[a](b(c).md)", ["b(c).md"]),
        ("[a [b] c](d)", ["d"]),
        ("[![a](b)](c)", ["c", "b"]),
        ("![a](b) [c](d)", ["b", "d"]),
        ("[a]: b", ["b"]),
        ("[^a]: b", []),
        ("<a class='x' href='b'>", ["b"]),
        ("\\[a](b)", []),
        ("`[a](b)` [c](d)", ["d"]),
        ("``[a](b) ` `` [c](d)", ["d"]),
        ("```\n[a](b)\n```\n[c](d)", ["d"]),
        ("~~~~\n```\n[a](b)\n~~~~\n[c](d)", ["d"]),
        ("- ```\n  [a](b)\n  ```\n[c](d)", ["d"]),
        ("<!-- [a](b) -->[c](d)", ["d"]),
        ("<!-- [a](b)\n[c](d) -->\n[e](f)", ["f"]),
        ("[a](", []),
        ("[a]()", []),
    ],
)
def test_links_are_found_where_a_reader_sees_them(text, targets):
    assert [at.text for at in read(text).links] == targets


def test_a_link_has_its_place():
    (at,) = read("\n\na [b](c)\n").links
    assert (at.line, at.column) == (3, 7)
