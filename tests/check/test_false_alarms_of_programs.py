"""Programs of public repositories of which something was told although it is well; beside each one that is not."""

import pytest

from check.rule_run import held
from check.test_foreign_repositories import API, DIGEST, SERVED, backend, planted
from corpus.measure import written
from stead.check.registry import rules
from stead.model import load
from stead.render.targets import generated

JOB = (
    "from stead import Backend, Job, Build\n"
    'backend = Backend("shop", jobs=[Job("seed", build=Build({}))])\n'
)  # fmt: skip
PY = f"FROM {DIGEST}\nCOPY fill.py .\nCMD python fill.py\n"


def messages(findings, code):
    return [each.message for each in findings if each.code == code]


@pytest.mark.parametrize("build", ['"data"', '".", "data/Dockerfile"', '".", "./data/Dockerfile"'])
def test_a_folder_that_a_job_is_built_from_is_declared(tmp_path, build):
    files = {"backend.py": JOB.format(build), "data/Dockerfile": PY, "data/fill.py": "", "more/Dockerfile": PY}
    found = messages(planted(tmp_path, files | {"more/fill.py": ""}), "SERVICE022")
    assert found == ["more looks like a service, by its Dockerfile, and is not declared"]


@pytest.mark.parametrize(("port", "times"), [("", 1), (", port=8080", 0), (", port=9090", 1)])
def test_a_program_may_listen_on_the_number_that_its_description_gives(tmp_path, port, times):
    api = API.replace(")", f"{port})")
    files = {"backend.py": backend(api), "api/s.js": "require('http').createServer(a).listen(8080);\n" + SERVED}
    assert len(messages(planted(tmp_path, files), "SERVICE028")) == times


def test_a_program_with_a_port_of_its_own_is_looked_for_at_its_proxy(tmp_path):
    service = 'Service("web", command="node a.js", port=8080, routes=[Route.public("GET", "/v1/x")])'
    text = f"from stead import *\nweb = {service}\n"
    (tmp_path / "backend.py").write_text(text + "backend = Backend('s', [web], Gateway('edge', fronts=[web]))\n")
    written(tmp_path, generated(load(tmp_path), ["compose"]))
    assert held(tmp_path, rules(["COMPOSE029"])) == ()
    file = tmp_path / "deploy/compose/compose.yaml"
    file.write_text(file.read_text().replace("http://web:8000", "http://web:8080"))
    (found,) = held(tmp_path, rules(["COMPOSE029"]))
    assert found.message == "edge-agent has the address http://web:8080 for web"


def test_two_services_of_one_folder_may_import_from_it(tmp_path):
    role = 'Service("{0}", command="go run .", folder="{1}")'
    services = [role.format("van-grpc", "van"), role.format("van-http", "van"), role.format("lift", "lift")]
    files = {
        "backend.py": backend(", ".join(services)),
        "van/go.mod": "module example.com/van\n",
        "van/main.go": 'package main\n\nimport (\n\t"example.com/van/query"\n)\n',
        "van/query/query.go": "package query\n",
        "lift/go.mod": "module example.com/lift\n",
        "lift/main.go": 'package main\n\nimport (\n\t"example.com/van/query"\n)\n',
    }
    found = messages(planted(tmp_path, files), "BOUNDARY011")
    assert len(found) == 1
    assert found[0].startswith("lift imports example.com/van/query")


def test_a_settings_file_of_an_editor_of_net_may_have_comments(tmp_path):
    text = '// which files are put together\n[{"outputFileName": "a.css"}]\n'
    files = {"backend.py": backend(""), "web/bundleconfig.json": text, "web/list.json": text}
    assert [each.place.file.rpartition("/")[2] for each in planted(tmp_path, files) if each.code == "FILE013"] == [
        "list.json"
    ]


def test_properties_of_java_may_be_latin_1(tmp_path):
    (tmp_path / "messages_de.properties").write_bytes("name=Größe\n".encode("latin-1"))
    (tmp_path / "notes.md").write_bytes("Größe\n".encode("latin-1"))
    assert messages(planted(tmp_path, {"backend.py": backend("")}), "FILE025") == ["notes.md is not UTF-8"]


def test_the_line_ends_of_a_script_are_told_once(tmp_path):
    (tmp_path / "backend.py").write_text(backend(""))
    (tmp_path / "run.sh").write_bytes(b"#!/bin/sh\r\necho a\r\necho b\r\n")
    (tmp_path / "read.sh").write_bytes(b"echo a\r\necho b\r\necho c\r\n")
    scripts = [each for each in rules(costs=("fast", "slow")) if each.code in ("FILE017", "FILE018")]
    found = [(each.code, each.place.file.rpartition("/")[2]) for each in held(tmp_path, scripts)]
    assert found == [("FILE018", "read.sh"), ("FILE017", "run.sh")]
