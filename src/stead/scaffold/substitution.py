"""Templates: files of this package with `$words` in them, and nothing more clever than that.

A template engine was the other way; a template that needs one is a program that nobody tests.
"""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

SUFFIX = ".template"  # so that no tool takes them for their later values


def filled(folder: str, words: Mapping[str, str]) -> dict[str, str]:
    """Return the files of a folder of templates, by their path in it; KeyError when a word is not known."""
    root = files("stead.scaffold").joinpath("template", folder)
    return {path: Template(text).substitute(words) for path, text in sorted(_texts(root, ""))}


def _texts(folder: Traversable, before: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _texts(entry, f"{before}{entry.name}/")
        elif entry.name.endswith(SUFFIX):
            found.append((before + entry.name.removesuffix(SUFFIX), entry.read_text(encoding="utf-8")))
    return found
