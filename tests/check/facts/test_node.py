"""A YAML document as nodes: as PyYAML would have it, with places."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from stead.check.facts.node import UnreadableError, documents

TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
VALUES = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=30
)


def plain(node):
    if node.pairs is not None:
        return {key.text: plain(value) for key, value in node.pairs}
    return node.text if node.items is None else [plain(item) for item in node.items]


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_a_document_is_what_pyyaml_reads(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    (root,) = documents(text)
    assert plain(root) == yaml.load(text, Loader=yaml.BaseLoader)


def test_each_node_has_its_place():
    (root,) = documents("a:\n  - b: 'c'\n    d: |\n      e\n")
    item = root.get("a").items[0]
    assert (item.line, item.column) == (2, 5)
    assert (item.get("b").line, item.get("b").column) == (2, 8)
    assert item.get("d").block
    assert not item.get("b").plain


def test_an_alias_is_the_node_that_it_names():
    (root,) = documents("a: &a {b: c}\nd: *a\ne:\n  <<: *a\n  f: g\n")
    assert root.get("d") is root.get("a")
    assert root.get("e").text_at("b") == "c"
    assert root.get("e").text_at("none") == ""


def test_all_documents_are_read():
    assert [root.text for root in documents("a\n---\nb\n---\n- c\n")] == ["a", "b", None]


@pytest.mark.parametrize(
    ("text", "line"), [("a: [", 2), ("a: b: c", 1), ("a:\n\tb: c", 2), ("a: *b", 1), ("a: 'b", 1), ("\x01", 1)]
)
def test_what_cannot_be_read_is_placed(text, line):
    with pytest.raises(UnreadableError) as caught:
        list(documents(text))
    assert caught.value.line == line
    assert "\n" not in str(caught.value)
