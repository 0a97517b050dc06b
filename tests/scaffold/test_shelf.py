"""What is written for a service of the shelf is held against the shelf itself."""

from importlib import import_module
from pathlib import Path

import pytest

import stead.services
from stead.model import Service
from stead.scaffold.shelf import SHELF, from_shelf

FOLDERS = {file.parent.name for file in Path(stead.services.__file__).parent.glob("*/service.py")}


def test_every_service_of_the_shelf_can_be_added():
    assert set(SHELF) == FOLDERS


@pytest.mark.parametrize("kind", SHELF)
def test_what_is_written_makes_it(kind):
    package = import_module(f"stead.services.{kind}")
    ready, addition = SHELF[kind], from_shelf(kind)
    made = eval(addition.expression, {kind: package, **{name: getattr(stead, name) for name in stead.__all__}})
    assert isinstance(made, Service)
    assert made.name == ready.name
    assert ready.front == any(route.access != "service" for route in made.routes)
    assert ready.users == callable(getattr(package, "users", None))  # a module of that name is none


def test_it_may_have_a_name_of_its_own():
    assert from_shelf("points", "ledger").expression == 'points.service("ledger")'
