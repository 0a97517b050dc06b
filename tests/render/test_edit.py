"""Edits: what a description changes of rendered files, typed, and what is said of an edit that cannot be made."""

from dataclasses import replace

import pytest

from stead.model import Backend, Gateway, Route, Service
from stead.render.compose import ComposeFile
from stead.render.docker.dockerfile import Dockerfile, Label
from stead.render.problem import RenderError
from stead.render.targets import generated as everything

ORDERS = Service("orders", app="orders:create", routes=[Route.public("GET", "/v1/orders")])


def generated(backend):
    return everything(backend, ["compose", "docker"])


def backend(*edits):
    return Backend("shop", services=[ORDERS], gateway=Gateway("edge", fronts=[ORDERS]), edits=edits)


def more_time(file: ComposeFile) -> ComposeFile:
    orders = replace(file.services["orders"], stop_grace_period="90s")
    return replace(file, services={**file.services, "orders": orders})


def in_prod_only(file: ComposeFile) -> ComposeFile:
    if file.environment != "prod":
        return file
    return replace(file, services={**file.services, "orders": replace(file.services["orders"], restart="always")})


def labelled(file: Dockerfile) -> Dockerfile:
    return replace(file, instructions=(*file.instructions, Label({"team": "orders"})))


def forgetful(file: ComposeFile) -> ComposeFile:
    pass


def unannotated(file):
    return file


def of_text(file: str) -> str:
    return file


def test_an_edit_changes_the_typed_value_before_it_is_written():
    before, after = generated(backend()), generated(backend(more_time))
    assert 'stop_grace_period: "90s"' in after["deploy/compose/compose.yaml"]
    changed = {path for path in after if after[path] != before[path]}
    assert changed == {"deploy/compose/compose.yaml"}


def test_an_edit_of_one_environment_lands_in_its_overlay():
    files = generated(backend(in_prod_only))
    assert "restart: always" in files["deploy/compose/compose.prod.yaml"]
    assert "restart: unless-stopped" in files["deploy/compose/compose.dev.yaml"]


def test_an_edit_is_given_the_type_that_it_names():
    files = generated(backend(labelled, more_time))
    assert 'LABEL team="orders"' in files["deploy/docker/python.Dockerfile"]
    assert 'stop_grace_period: "90s"' in files["deploy/compose/compose.yaml"]


@pytest.mark.parametrize(("edit", "code"), [(unannotated, "EDIT001"), (of_text, "EDIT001"), (forgetful, "EDIT002")])
def test_an_edit_that_cannot_be_made_is_an_error_at_its_line(edit, code):
    with pytest.raises(RenderError, match=code) as caught:
        generated(backend(edit))
    place = caught.value.problems[0].place
    assert (place.file, place.line) == (__file__, edit.__code__.co_firstlineno)
