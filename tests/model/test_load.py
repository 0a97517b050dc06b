"""Every rule of a description, shown on a file: a line marked `#! CODE` is where that problem must be placed."""

import re
import sys
from pathlib import Path

import pytest

import stead
from stead.model.load import find, read
from stead.model.problem import DescriptionError

CASES = sorted((Path(__file__).parent / "cases").glob("*.py"))
NAMES = (
    "validation", "bounds", "naming", "process_rules", "field_types", "type_validation", "pipeline_validation",
    "workers_validation", "external_rules", "host_rules", "grpc_rules", "call_rules", "route_rules", "gateway_rules",
    "setting_rules", "resource_rules", "environment_rules",
)  # fmt: skip


def marked(file):
    lines = enumerate(file.read_text().splitlines(), start=1)
    return sorted((code, line) for line, text in lines for code in _codes(text))


def _codes(text):
    _, mark, codes = text.partition("#! ")
    return codes.split() if mark else []


def found(file):
    try:
        stead.load(file)
    except DescriptionError as error:
        assert all(problem.place.file == str(file) for problem in error.problems), error
        return sorted((problem.code, problem.place.line) for problem in error.problems)
    return []


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_all_that_is_wrong_is_found_where_it_is(file):
    assert found(file) == marked(file)


def test_every_code_has_a_case():
    folder = Path(stead.model.validation.__file__).parent
    source = "".join((folder / f"{name}.py").read_text() for name in NAMES)
    assert set(re.findall(r'"([A-Z]+\d{3})"', source)) == {code for case in CASES for code, _ in marked(case)}


def test_each_problem_says_place_and_mend():
    for case in CASES:
        try:
            stead.load(case)
        except DescriptionError as error:
            assert all(problem.place.column and problem.mend for problem in error.problems), error


def written(tmp_path, text):
    file = tmp_path / "backend.py"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("text", "code", "line", "said"),
    [
        ("import nothing_of_the_kind", "BACKEND002", 1, "ModuleNotFoundError"),
        ("x = 1\nx.y", "BACKEND002", 2, "AttributeError"),
        ("def f(:\n", "BACKEND002", 1, "not Python"),
        ("raise SystemExit(3)", "BACKEND002", 1, "SystemExit"),
        ("from stead import Service\nService('a', comand='x')", "BACKEND002", 2, "comand"),
        ("x = 1", "BACKEND003", 0, "no backend"),
        ("backend = 'rewards'", "BACKEND003", 0, "a str"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path, text, code, line, said):
    with pytest.raises(DescriptionError) as raised:
        stead.load(written(tmp_path, text))
    (problem,) = raised.value.problems
    assert (problem.code, problem.place.line) == (code, line)
    assert said in problem.message
    assert "stead/model" not in problem.message


def test_only_the_users_own_frames_are_shown(tmp_path):
    file = written(
        tmp_path, "from stead import Service\n\ndef make():\n    return Service('a', settings=5)\n\nmake()\n"
    )
    with pytest.raises(DescriptionError) as raised:
        stead.load(file)
    trail = str(raised.value)
    assert f"{file}:6" in trail
    assert f"{file}:4" in trail
    assert trail.count("site-packages") == 0


def test_there_is_no_description(tmp_path):
    with pytest.raises(DescriptionError, match=r"BACKEND001 there is no backend\.py here"):
        find(tmp_path)


def test_rewards_loads():
    backend = stead.load(Path(__file__).parents[2] / "backends" / "rewards")
    assert [service.name for service in backend.services] == [
        "auth-service",
        "content-service",
        "referral-service",
        "points-service",
        "token-service",
    ]


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/v1/x/:id", "/v1/x/{id}"),
        ("/v1/x/<id>", "/v1/x/{id}"),
        ("/v1/x/<int:id>", "/v1/x/{id}"),
        ("/v1/x/{id:int}/y", "/v1/x/{id}/y"),
        ("/v1/[id]", "/v1/{id}"),
        ("v1/orders/", "/v1/orders"),
    ],
)
def test_a_foreign_path_says_what_was_meant(tmp_path, path, meant):
    route = f'Service("a", command="x", routes=[Route.service("GET", "{path}", "read")])'
    file = written(tmp_path, f"from stead import *\nbackend = Backend('shop', services=[{route}])")
    with pytest.raises(DescriptionError) as raised:
        stead.load(file)
    (problem,) = raised.value.problems
    assert (problem.code, problem.place.line, problem.mend) == ("ROUTE003", 2, f'write "{meant}"')


def test_a_call_by_a_name_says_what_is_meant(tmp_path):
    file = written(tmp_path, "from stead import *\nbackend = Backend('s', services=[Service('a', calls=['b'])])")
    with pytest.raises(DescriptionError, match=r"calls of a holds 'b', a str, not a Call") as raised:
        stead.load(file)
    assert "other.may(" in raised.value.problems[0].mend


def test_a_backend_that_is_read_later_finds_its_own_modules(tmp_path, monkeypatch):
    """Both have a `rules.py`; a person reads several backends in one command."""
    monkeypatch.setattr("sys.path", list(sys.path))
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "rules_of_each.py").write_text(f"NAME = {name!r}\n")
        (folder / "backend.py").write_text(
            "import stead, rules_of_each\nbackend = stead.Backend(rules_of_each.NAME, environments=[])\n"
        )
        assert read(folder).name == name
        sys.modules.pop("rules_of_each")
