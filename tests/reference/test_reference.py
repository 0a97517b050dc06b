"""The reference of backend.py is complete, up to date, and its examples load."""

import dataclasses

import pytest

import stead
from stead.model import Backend
from stead.reference.__main__ import stale
from stead.reference.local import LOCAL
from stead.reference.noun import UndocumentedError, fields
from stead.reference.page import EXAMPLES, REPOSITORY, example, page
from stead.render.promise import PROMISES
from stead.render.targets import TARGETS, generated

# What a pipeline, a repository or a person reads: no target promises anything of it.
PIPELINES = {"Artifacts", "Deploy", "Github", "Gitlab", "Gitops", "Infrastructure", "Secrets"}
WITHOUT_PROMISE = {*PIPELINES, "Dev", "DescriptionError", "Settings", "SteadError", "load", "secret", "var"}


@pytest.fixture(autouse=True)
def _from_the_repository(monkeypatch):
    monkeypatch.chdir(REPOSITORY)  # where examples of `load` look for their description


def test_the_reference_is_up_to_date():
    assert stale() == [], "run make reference"


def test_every_public_name_has_an_example_and_no_other_has():
    assert {file.name for file in EXAMPLES.glob("*.py")} == {example(name).name for name in stead.__all__}


@pytest.mark.parametrize("name", stead.__all__)
def test_an_example_uses_its_noun_loads_and_renders(name):
    assert name in example(name).read_text()
    backend = stead.load(example(name))
    assert isinstance(backend, Backend)
    assert generated(backend)


@pytest.mark.parametrize("name", [name for name in stead.__all__ if dataclasses.is_dataclass(getattr(stead, name))])
def test_every_field_is_on_its_page(name):
    noun = getattr(stead, name)
    text = page(name)
    assert [
        each.name for each in dataclasses.fields(noun) if each.name != "where" and f"| `{each.name}` |" not in text
    ] == []
    rows = {row.split("|")[1].strip(): row for row in text.splitlines() if row.startswith("| `")}
    assert [
        each.name
        for each in fields(noun)
        if not (each.type and each.default and each.meaning) or f"`{each.name}`" not in rows
    ] == []


@pytest.mark.parametrize("name", stead.__all__)
def test_every_target_of_an_example_is_on_its_page(name):
    text, backend = page(name), stead.load(example(name))
    wanted = {each for each, target in TARGETS.items() if target.keeps is not None and target.is_wanted(backend)}
    assert ("## What each target does" in text) == (name not in WITHOUT_PROMISE)
    if name not in WITHOUT_PROMISE:
        assert [each for each in ("on this machine", *wanted) if f"**{each}**" not in text] == []


def test_what_up_does_is_known_for_every_promise():
    assert set(LOCAL) == set(PROMISES)


def test_a_field_without_a_meaning_is_an_error():
    @dataclasses.dataclass
    class Queue:
        """A queue.

        name  its name
        """

        name: str
        size: int = 1

    Queue.__module__ = "stead.model.queue"
    with pytest.raises(UndocumentedError, match="Queue does not describe size"):
        fields(Queue)
