"""Edits: what a description changes of rendered files, typed, and what is said of an edit that cannot be made."""

from dataclasses import replace

import pytest

from cli.command import stead
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


def of_a_service_that_is_not_there(file: ComposeFile) -> ComposeFile:
    return replace(file, services={**file.services, "worker": replace(file.services["worker"], init=False)})


def of_a_type_that_is_not_there(file: "Nothing") -> "Nothing":  # noqa: F821
    return file


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


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (unannotated, "EDIT001"),
        (of_text, "EDIT001"),
        (of_a_type_that_is_not_there, "EDIT001"),
        (forgetful, "EDIT002"),
        (of_a_service_that_is_not_there, "EDIT003"),
    ],
)
def test_an_edit_that_cannot_be_made_is_an_error_at_its_line(edit, code):
    with pytest.raises(RenderError, match=code) as caught:
        generated(backend(edit))
    place = caught.value.problems[0].place
    assert (place.file, place.line) == (__file__, edit.__code__.co_firstlineno)


def test_an_edit_that_raises_is_said_once_with_what_it_raised_and_where():
    edit = of_a_service_that_is_not_there
    with pytest.raises(RenderError) as caught:
        everything(backend(edit))
    (problem,) = caught.value.problems
    line = edit.__code__.co_firstlineno + 1
    assert problem.message == f"the edit {edit.__name__} raises KeyError: 'worker', on line {line}"


def test_an_edit_is_given_no_file_of_another_target():
    given = []

    def noting(file: ComposeFile) -> ComposeFile:
        given.append(file.environment)
        assert "orders" in file.services
        return file

    def of_images(file: Dockerfile) -> Dockerfile:
        raise AssertionError(file.name)

    everything(backend(noting))
    assert set(given) == {"dev", "staging", "prod"}
    everything(backend(of_images), ["compose", "make", "observability"])


def test_render_and_check_say_it_as_a_problem_of_the_description(tmp_path):
    """Rendered once without the edit, so that the check has something to compare."""
    description = (
        "from dataclasses import replace\nfrom stead import Backend, Route, Service\n"
        "from stead.render.compose import ComposeFile\n\n\n"
        "def more_room(file: ComposeFile) -> ComposeFile:\n"
        "    return replace(file, services={'worker': replace(file.services['worker'], init=False)})\n\n\n"
        "orders = Service('orders', app='orders:create', routes=[Route.public('GET', '/v1/orders')])\n"
        "backend = Backend('shop', services=[orders], edits=[])\n"
    )
    (tmp_path / "backend.py").write_text(description)
    assert stead("render", folder=tmp_path).returncode == 0
    (tmp_path / "backend.py").write_text(description.replace("edits=[]", "edits=[more_room]"))
    for command in ("render", "check"):
        done = stead(command, folder=tmp_path)
        said = done.stdout + done.stderr
        assert done.returncode == 1
        assert "Traceback" not in said
        assert "DRIFT010 failed" not in said
        assert "backend.py:6" in said
        assert said.count("the edit more_room raises KeyError: 'worker'") == 1
