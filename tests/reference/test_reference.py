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
    assert all(each.meaning for each in fields(noun))


def test_every_target_of_an_example_is_on_its_page():
    text, backend = page("Kubernetes"), stead.load(example("Kubernetes"))
    wanted = {name for name, target in TARGETS.items() if target.keeps is not None and target.is_wanted(backend)}
    assert {"docker", "compose", "kubernetes"} <= wanted
    assert all(f"**{name}**" in text for name in wanted)
    assert "**on this machine**" in text


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
