"""Kinds of defects that were once planted and not found, in a backend that is a folder of its repository.

What is put together here is not a secret: a scanner would take it for one where it stood in one piece.
"""

import json
from base64 import b64encode

import pytest

from check.rule_run import git, held, told
from stead.check.registry import rules

FAST = rules(costs=("fast",))
IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SHOP = f'''"""Shop: orders."""

from stead import Backend, Environment, Service, Setting

key = Setting("PARTNER_KEY", secret=True, help="The partner's.")
orders = Service("orders", image="{IMAGE}", settings=[key])
backend = Backend("shop", services=[orders], environments=[Environment("prod")])
'''
WORKFLOW = """name: ci
on:
  pull_request:
    branches: [main]
permissions: {}
concurrency:
  group: ci-${{ github.ref }}
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: read
    steps:
      - run: make test
"""
STEP = "      - run: make test\n"
MADE_UP = "Xk29sPq7" + "7ZmLw0"
KEY = "wJalrXUtnFEMIzK7MDENG" + "zbPxRfiCYzzz9Q2YAB1"
LOGIN = b64encode(b"ci:Xk29sPq77ZmLw0Xk29sPq").decode()
ABOVE = {
    "an expression of the event": ("      - run: echo ${{ github.event.pull_request.title }}\n", "FILE028"),
    "a check that may not fail": ("      - run: stead check backend || true\n", "FILE029"),
    "a host that nobody knows": ("      - run: ssh -o StrictHostKeyChecking=no ann@shop.io true\n", "FILE030"),
    "an action by a branch": ("      - uses: somebody/deploy@main\n", "IMAGE014"),
    "a declared secret": ("      - run: make test\n        env:\n          PARTNER_KEY: marble\n", "SECRET"),
    "a random value": (f"      - run: make test\n        env:\n          API_TOKEN: {MADE_UP}\n", "SECRET"),
    "no YAML": ("      - run: [make\n", "FILE010"),
}
SECRETS = {
    "a key of AWS in a script": ("keys.sh", f"#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY={KEY}\n", 2),
    "a password before its program": ("keep.sh", f"#!/bin/sh\nPGPASSWORD={MADE_UP} psql -c list\n", 2),
    "a password of a role": ("roles.sql", f"CREATE ROLE reporting LOGIN PASSWORD '{MADE_UP}';\n", 1),
    "a login of a registry": (".docker/config.json", json.dumps({"auths": {"ghcr.io": {"auth": LOGIN}}}) + "\n", 1),
    "a login of a .netrc": (".netrc", f"machine shop.io login ci password {MADE_UP}\n", 1),
}


@pytest.fixture
def backend(tmp_path):
    """A backend that is a folder of a repository, with a workflow at the top, in which nothing is wrong."""
    folder = tmp_path / "backend"
    folder.mkdir()
    (folder / "backend.py").write_text(SHOP)
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/ci.yml").write_text(WORKFLOW)
    (folder / ".env.example").write_text("# The partner's.\nPARTNER_KEY=\n")
    git(tmp_path, "init", "-q", "-b", "main", "--template=")
    return folder


def found(backend):
    git(backend, "add", "-A")
    return told(held(backend, FAST), backend.parent)


def test_a_sound_repository_has_no_finding(backend):
    assert found(backend) == []


@pytest.mark.parametrize("kind", ABOVE)
def test_a_workflow_above_the_backend_is_read_as_one_in_its_folder(backend, kind):
    step, code = ABOVE[kind]
    workflow = backend.parent / ".github/workflows/ci.yml"
    workflow.write_text(WORKFLOW.replace(STEP, step))
    codes = {each for path, _, each in found(backend) if path == ".github/workflows/ci.yml"}
    assert any(each.startswith(code) for each in codes), codes


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_in_the_form_that_its_program_reads(backend, kind):
    name, text, line = SECRETS[kind]
    file = backend / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    secrets = [(path, at) for path, at, each in found(backend) if each.startswith("SECRET")]
    assert secrets == [(f"backend/{name}", line)]
