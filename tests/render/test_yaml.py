"""YAML as we write it: any value is read back as it was, by another's reader, and stays the same bytes."""

import string

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from stead.render.yaml import scalar, written

WORDS = """yes No null ~ 1e3 0x1f 1:30 12:30:45 2026-11-20 .inf = << *a &a !x # ' " \\ $HOME ${X} ключ 雪 🐘 ? : , [a]
{a} % @ ` | > --- a: :a 0 00 1_000 0o17 +1 - . .. ... a/b o'clock off"""
SPACED = ("", " ", " a", "a ", "- a", "a: b", "a #b", "key: [x]", "a\nb", "a\n", "\n", "\t", "x" * 300)
STRANGE = ("\x00", "\x1b", "\x85", "\xa0", "\u2028", "\ufeff")
odd = st.sampled_from((*WORDS.split(), *SPACED, *STRANGE))
texts = odd | st.text(max_size=20) | st.text(string.printable, max_size=30)
scalars = texts | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
trees = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4))
documents = st.dictionaries(texts, trees, min_size=1, max_size=5)


@settings(deadline=None)
@given(documents)
def test_what_is_written_is_read_back_equal(document):
    assert yaml.safe_load(written(document)) == document


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("plain", "plain"),
        ("a b", "a b"),
        ("no", '"no"'),
        ("1.5", '"1.5"'),
        ("a: b", '"a: b"'),
        ("it's", '"it\'s"'),
        ("$x", '"$x"'),
        ("", '""'),
        (True, "true"),
        (3, "3"),
        (None, "null"),
    ],
)
def test_a_text_stands_bare_only_where_nobody_could_take_it_for_anything_else(value, said):
    assert scalar(value) == said
