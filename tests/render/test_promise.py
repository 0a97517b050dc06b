"""No promise is lost in silence: every field of the nouns is one or says that it is none, and every target is asked."""

import dataclasses
import importlib
import pkgutil
from pathlib import Path

import pytest

import stead
import stead.model
from stead.render.problem import RenderError
from stead.render.promise import MAKES, NONE, PROMISES, PromiseStatus
from stead.render.targets import TARGETS, generated, reports, usual

ROOT = Path(__file__).parents[2]
APART = (
    "wiring",
    "bucket_url",
    "problem",
    "source_location",
    "field_types",
    "refusal",
    "schedule",
    "wrangler",
    "wrangler_faults",
)  # of the model, and no noun of a description


def nouns():
    for found in pkgutil.iter_modules(stead.model.__path__):
        module = importlib.import_module(f"stead.model.{found.name}")
        for kind in vars(module).values():
            own = isinstance(kind, type) and kind.__module__ == module.__name__ and not kind.__name__.startswith("_")
            if found.name not in APART and own and dataclasses.is_dataclass(kind):
                yield kind


def test_every_field_of_every_noun_is_a_promise_or_says_that_it_is_none():
    fields = {kind.__name__: {field.name for field in dataclasses.fields(kind)} for kind in nouns()}
    said = {name: set(made) for name, made in MAKES.items()}
    assert said == fields, "say in stead/render/promise.py what a new field promises, and in each target how it is kept"


def test_every_promise_that_a_field_makes_is_in_the_list():
    made = {
        word
        for fields in MAKES.values()
        for said in fields.values()
        for word in ([said] if said in PROMISES else said.split())
    }
    assert made - {NONE} <= PROMISES.keys()


@pytest.mark.parametrize("name", [name for name, target in TARGETS.items() if target.keeps is not None])
def test_every_target_says_how_it_keeps_every_promise(name):
    assert TARGETS[name].keeps.keys() == PROMISES.keys()


def test_a_target_that_says_nothing_of_a_promise_renders_nothing(monkeypatch):
    silent = dataclasses.replace(TARGETS["compose"], keeps={"names": PromiseStatus(lambda _: "by DNS")})
    monkeypatch.setitem(TARGETS, "compose", silent)
    with pytest.raises(RenderError) as caught:
        generated(stead.load(ROOT / "backends/rewards"))
    assert len(caught.value.problems) == len(PROMISES) - 1
    assert {problem.code for problem in caught.value.problems} == {"TARGET001"}


def test_a_report_is_a_table_with_a_line_for_each_promise():
    backend = stead.load(ROOT / "backends/tigrit")
    for text in reports(backend, usual(backend)).values():
        rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| |")]
        assert len(rows) == len(PROMISES)
        assert all(row.replace("\\|", "").count("|") == 4 for row in rows)
