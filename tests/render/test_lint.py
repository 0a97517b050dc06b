"""Rendered files before other people's checkers: no findings, and nothing silenced inline."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from render import kubernetes_schemas as schemas
from stead.model import Backend, Bucket, Environment, Gateway, Health, Job, Postgres, Redis, Route, Service
from stead.render.targets import generated

ROOT = Path(__file__).parents[2]
BACKENDS = sorted((ROOT / "backends").glob("*/deploy"))
# Strings are quoted where they need it, so lines are as long as their values are, and one document needs no start.
# A template of Helm is not YAML yet; what it renders is held against the manifests in tests/render/helm.
YAMLLINT = "{extends: default, ignore: [templates], rules: {line-length: disable, document-start: disable}}"


def found(name):
    program = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed here")
    return program


def said(*words, cwd=None, env=None):
    environ = {**os.environ, **(env or {})}
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False, cwd=cwd, env=environ)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory):
    """One service of each kind, rendered: the backends here are all in Python."""
    commands = {
        "node": "node dist/main.js",
        "java": "java -jar build/app.jar",
        "go": "go run ./cmd/x",
        "own": "./serve",
    }
    needs = [Postgres(), Redis(), Bucket()]
    front = Service("front", app="shop.front:create", routes=[Route.public("GET", "/v1/things")])
    ready = Service(
        "ready", image=f"docker.io/shop/ready:1@sha256:{64 * '0'}", health=Health(probe=("ready", "--well"))
    )
    own = [Service(name, command=command, folder=name, needs=needs) for name, command in commands.items()]
    backend = Backend(
        "shop",
        gateway=Gateway("gateway", fronts=[front]),
        services=[front, ready, *own],
        jobs=[Job("seed", entry="shop.jobs:seed")],
        environments=[Environment("dev"), Environment("staging"), Environment("prod")],
    )
    folder = tmp_path_factory.mktemp("shop")
    for path, text in generated(backend).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder / "deploy"


def test_hadolint_finds_nothing(laid_out):
    files = [file for folder in (laid_out, *BACKENDS) for file in sorted(folder.rglob("*.Dockerfile"))]
    assert len(files) > len(BACKENDS) + 4
    assert said(found("hadolint"), "--failure-threshold", "style", *files) == (0, "")


def test_yamllint_finds_nothing(laid_out):
    assert said(found("yamllint"), "--strict", "-d", YAMLLINT, laid_out, *BACKENDS) == (0, "")


def test_compose_files_are_of_the_specification(laid_out):
    files = [file for folder in (laid_out, *BACKENDS) for file in sorted(folder.glob("compose/compose*.yaml"))]
    status, text = said(found("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", *files)
    assert status == 0, text


def test_dclint_finds_nothing(laid_out):
    words = (found("dclint"), "--max-warnings", "0", ".", "../observability")
    for folder in (laid_out, *BACKENDS):
        status, text = said(*words, cwd=folder / "compose")
        assert (status, text.strip()) == (0, "")


def checkov(folders, temporary, *words):
    """Run it; it leaves a cache in the folder for temporary files."""
    told = ("--config-file", BACKENDS[0] / "docker/.checkov.yaml")  # what it reads by itself in each docker/
    named = [word for folder in folders for word in ("--directory", folder)]
    return said(
        found("checkov"),
        *named,
        *told,
        "--skip-download",
        "--quiet",
        "--compact",
        *words,
        env={"TMPDIR": str(temporary)},
    )


def test_checkov_finds_nothing(laid_out, tmp_path):
    """Of all that it knows but secrets: Dockerfiles, workflows, Kubernetes, charts. It tells of each folder apart."""
    status, text = checkov((laid_out, *BACKENDS), tmp_path, "--framework", "all", "--skip-framework", "secrets")
    assert status == 0, text
    well = re.findall(r"Passed checks: ([1-9]\d+), Failed checks: 0, Skipped checks: 0$", text, re.MULTILINE)
    assert len(well) >= len(BACKENDS) + 1, text


NAME = re.compile(r"(https://)?[a-z]+(-[a-z]+)*|[A-Z]+(_[A-Z0-9]+)*|kv/data(/[a-z]+(-[a-z]+)*)+")


def test_checkov_takes_names_for_secrets_and_nothing_else(laid_out, tmp_path):
    """Its scanner reports what follows the word secret or token, also where that is the name of one, or its path."""
    for folder in (laid_out, *BACKENDS):
        _, text = checkov(
            [folder], tmp_path, "--framework", "secrets", "--enable-secret-scan-all-files", "--output", "json"
        )
        for finding in json.loads(text).get("results", {}).get("failed_checks", ()):
            line = (
                (folder / finding["file_path"].lstrip("/")).read_text().splitlines()[finding["file_line_range"][0] - 1]
            )
            value = re.split(r": |= ", line)[-1].strip(' ",;')
            assert NAME.fullmatch(value), f"{finding['file_path']}: {finding['check_id']}"


def test_trivy_finds_nothing_but_the_role_that_writes_the_pull_secret(laid_out, tmp_path):
    """Its rule on registries wants a list of them: those of the descriptions. No role may write a Secret, it says."""
    trusted = {"ksv0125": {"trusted_registries": sorted({"docker.io", *registries(laid_out, *BACKENDS)})}}
    (tmp_path / "registries.json").write_text(json.dumps(trusted))
    how = ("--quiet", "--skip-check-update", "--config-data", tmp_path, "--format", "json")
    for folder in (laid_out, *BACKENDS):
        status, text = said(found("trivy"), "config", *how, folder)
        assert status == 0, text
        results = json.loads(text)["Results"]
        assert {file.relative_to(folder).as_posix() for file in folder.rglob("*.Dockerfile")} <= {
            each["Target"] for each in results
        }
        findings = {(each["Target"], bad["ID"]) for each in results for bad in each.get("Misconfigurations") or ()}
        roles = {
            file.relative_to(folder).as_posix() for file in folder.glob("kubernetes/*/*/registry-secret-sync.role.yaml")
        }
        assert findings == {(role, "KSV-0113") for role in roles}


def registries(*folders):
    """Return the registry of every image of a manifest."""
    texts = [file.read_text() for folder in folders for file in folder.glob("kubernetes/*/*/*.yaml")]
    return {name for text in texts for name in re.findall(r"image: ([^/\s]+)/", text)}


def test_kube_score_finds_nothing():
    """No warning either; it judges the objects of an environment together."""
    places = sorted(place for folder in BACKENDS for place in folder.glob("kubernetes/*/"))
    assert len(places) >= len(BACKENDS) - 1
    for place in places:
        status, text = said(found("kube-score"), "score", "--output-format", "ci", *sorted(place.rglob("*.yaml")))
        assert status == 0, text
        assert [line for line in text.splitlines() if not line.startswith(("[OK] ", "[SKIPPED] "))] == []
        assert text.count("[OK] ") > 100


def test_the_schemas_of_the_api_accept_every_manifest():
    files = [file for folder in BACKENDS for file in folder.glob("kubernetes/*/*/*.yaml")]
    documents = [yaml.load(file.read_text(), yaml.CSafeLoader) for file in files]
    for version in schemas.VERSIONS:
        assert sum(schemas.accepts(each, version) for each in documents) > 200


def test_nothing_is_silenced_in_a_rendered_file(laid_out):
    words = ("hadolint ignore", "yamllint disable", "checkov:skip", "trivy:ignore", "nosec", "dclint disable")
    for folder in (laid_out, *BACKENDS):
        for file in folder.rglob("*"):
            text = file.read_text() if file.is_file() else ""
            assert not [word for word in words if word in text], file
