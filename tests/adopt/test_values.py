"""Values, images and commands: what their text alone tells."""

import pytest

from stead.adopt.image import image
from stead.adopt.setting import type_of
from stead.adopt.text import plain


@pytest.mark.parametrize(
    ("name", "texts", "expected"),
    [
        ("LIMIT", ["5", "-3"], int),
        ("LIMIT", ["5", "0.5"], float),
        ("PHONE", ["007"], str),
        ("ID", ["1234567890123456789"], str),
        ("ON", ["true", "False"], bool),
        ("ON", ["true", "1"], str),
        ("ORIGINS", ["http://a"], tuple),
        ("NAMES", ["a,b"], tuple),
        ("NOTE", ["a, b"], str),
        ("LIMIT", [], str),
        ("EMPTY", [""], str),
    ],
)
def test_types_are_guessed_from_values(name, texts, expected):
    assert type_of(name, texts) is expected


@pytest.mark.parametrize(
    ("text", "known", "name", "pinned"),
    [
        ("postgres:16", "postgres:16", "postgres", False),
        ("localhost:5000/a/b", "localhost:5000/a/b", "b", False),
        ("ghcr.io/a/b:${TAG}", "ghcr.io/a/b", "b", False),
        ("a/b:1@sha256:00", "a/b:1@sha256:00", "b", True),
        ("${REGISTRY}/b:1", "", "b", False),
    ],
)
def test_images_are_taken_apart(text, known, name, pinned):
    told = image(text)
    assert (told.known, told.name, told.pinned) == (known, name, pinned)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("node", "a.js"), ("node", "a.js")),
        (("sh", "-c", "node a.js"), ("node", "a.js")),
        (("/bin/sh", "-c", ". /x\nexec node 'a b.js'\n"), ("node", "a b.js")),
        (("sh", "-c", "a && b"), ("sh", "-c", "a && b")),
        (("sh", "-c", 'exec a "unclosed'), ("a", '"unclosed')),
    ],
)
def test_shells_are_seen_through(command, expected):
    assert plain(command) == expected
