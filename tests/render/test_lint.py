"""Rendered files before other people's checkers: no findings, and nothing silenced inline."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stead.model import Backend, Environment, Job, Postgres, Service
from stead.render.targets import generated

ROOT = Path(__file__).parents[2]
BACKENDS = sorted((ROOT / "backends").glob("*/deploy"))
# Strings are quoted where they need it, so lines are as long as their values are, and one document needs no start.
YAMLLINT = "{extends: default, rules: {line-length: disable, document-start: disable}}"


def found(name):
    program = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed here")
    return program


def said(*words):
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False)
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
    services = [Service(name, command=command, folder=name, needs=[Postgres()]) for name, command in commands.items()]
    jobs = [Job("seed", entry="shop.jobs:seed")]
    backend = Backend("shop", services=services, jobs=jobs, environments=[Environment("dev"), Environment("prod")])
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


def test_nothing_is_silenced_in_a_rendered_file(laid_out):
    words = ("hadolint ignore", "yamllint disable", "checkov:skip", "trivy:ignore", "nosec", "dclint disable")
    for folder in (laid_out, *BACKENDS):
        for file in folder.rglob("*"):
            text = file.read_text() if file.is_file() else ""
            assert not [word for word in words if word in text], file
