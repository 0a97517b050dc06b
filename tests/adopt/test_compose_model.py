"""Compose files as their resolved model: what is included and extended, and a command that only a shell understands."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from adopt.adopting import described, service, setting
from check.rule_run import git
from stead.adopt.adopt import adopt
from stead.adopt.evidence import Evidence
from stead.adopt.sources.compose import model_of
from stead.adopt.sources.envfile import interpolated
from stead.check.facts.interpolation import filled
from stead.check.tree import Tree
from stead.model.setting import REQUIRED

COMPOSE = """
include:
  - path: docker/auth/compose.yml
    project_directory: .
services:
  cache: {image: "${CACHE_IMAGE}"}
  db: {image: "postgres:16"}
"""
AUTH = """
services:
  auth:
    extends: {file: docker/base.yml, service: app}
    command: node main.js
    env_file: [apps/auth/.env]
    depends_on: [cache]
    environment: {PORT: "${AUTH_PORT}", DB_NAME: "${POSTGRES_DB:-auth}", MODE: "${MODE}", SHOP_ID: "${SHOP_ID}"}
"""
BASE = """
services:
  app:
    build: {context: ..}
    depends_on: [db]
    environment: {NODE_ENV: development, MODE: dropped}
"""


def written(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "init", "-q")
    git(root, "add", "-A", "-f")
    return root


def test_an_included_service_has_what_it_extends(tmp_path):
    files = {
        ".env": "CACHE_IMAGE=redis:7.2.1\nAUTH_PORT=3000\nJWT_SECRET=x\n",
        "compose.yaml": COMPOSE,
        "docker/auth/compose.yml": AUTH,
        "docker/base.yml": BASE,
        "Dockerfile": 'FROM node:20\nCMD ["node", "main.js"]\n',
        "apps/auth/.env.example": "JWT_SECRET=change-me\nLOG_LEVEL=debug\n",
    }
    text, backend = described(written(tmp_path, files))
    auth = service(backend, "auth")
    assert auth.command == ("node", "main.js")
    assert setting(auth, "DB_NAME").default == "auth"
    assert setting(auth, "LOG_LEVEL").default == "debug"
    assert setting(auth, "MODE").default is REQUIRED
    assert setting(auth, "SHOP_ID").default is REQUIRED
    assert setting(auth, "JWT_SECRET").secret
    assert {type(need).__name__ for need in auth.needs} == {"Postgres", "Redis"}
    assert "change-me" not in text


def test_an_include_of_itself_ends_and_is_said(tmp_path):
    looped = "include: [compose.yaml]\nservices:\n  a: {image: 'example/a:1', extends: a}\n"
    found = adopt(written(tmp_path, {"compose.yaml": looped}))
    assert "compose.yaml: includes itself by compose.yaml" in found.notes
    assert "compose.yaml: the service a extends itself" in found.notes


def test_a_missing_include_is_said_with_the_file_that_names_it(tmp_path):
    text = "include: [gone.yml]\nservices:\n  a: {image: 'example/a:1'}\n"
    notes = adopt(written(tmp_path, {"compose.yaml": text})).notes
    assert "compose.yaml: includes gone.yml, which does not exist" in notes


def test_a_line_for_a_shell_is_given_to_one(tmp_path):
    files = {
        "compose.yaml": "services:\n  load: {build: load, environment: {FRONT: web}}\n  web: {build: web}\n",
        "load/Dockerfile": 'FROM python:3.12\nENTRYPOINT locust --host="http://${FRONT}" 2>&1\n',
        "web/Dockerfile": 'FROM gcr.io/distroless/nodejs22-debian12\nCMD ["--require=./otel.js", "server.js"]\n',
    }
    _, backend = described(written(Path(tmp_path), files))
    assert service(backend, "load").command == ("sh", "-c", 'locust --host="http://${FRONT}" 2>&1')
    assert service(backend, "web").command == ("node", "--require=./otel.js", "server.js")


RESOLVED = {
    ".env": "ZONE=north\nPLACE=${ZONE}-1\nEMPTY=\nQUOTED='${ZONE}'\n",
    "compose.yaml": """
x-common: &common
  environment: &env {A: "${ZONE}", B: "${PLACE}", C: "${NONE:-${ZONE:-d}}"}
include:
  - path: parts/mail/compose.yml
    project_directory: .
services:
  base:
    <<: *common
    image: "example/base:${NONE-1}"
    command: ["a", "b"]
    ports: ["80:80"]
  api:
    extends: base
    command: ["c"]
    environment:
      D: "${EMPTY:-other}"
      E: "${EMPTY-other}"
      F: "$$5"
      G: "${ZONE:+set}"
      H: "${NONE:+set}"
      I: "${QUOTED}"
    ports: !override ["81:81"]
  job:
    extends: {file: parts/base.yml, service: job}
    environment: !reset null
""",
    "parts/mail/compose.yml": "services:\n  mail: {build: {context: parts/mail}, environment: [A=1, 'B=${ZONE}']}\n",
    "parts/mail/Dockerfile": "FROM scratch\n",
    "parts/base.yml": "services:\n  job: {image: 'example/job:1', environment: {X: '1'}, entrypoint: ['/run']}\n",
}


def resolved(root):
    """Return each service as Stead resolves it: what it is given, its command, its image, the folder it is built in."""
    found = Evidence(Tree(root))
    model = model_of(found)
    value_of = interpolated(found, root).get
    every = {}
    for file in model.files(root / "compose.yaml"):
        for name, one in model.file(file).each("services"):
            given = {key: filled(each.text, value_of) for key, each in one.each("environment")}
            words = [filled(word, value_of) for part in ("entrypoint", "command") for word in one.words(part)]
            context = one.get("build", "context")
            built = model.place(context, context.text) if context else None
            ports = [text for text, _ in one.each("ports")]
            every[name] = (given, words, filled(one.text_at("image"), value_of), built, ports)
    return every


def by_docker(root):
    """Return the same, by `docker compose config`, which needs no daemon."""
    command = ["docker", "compose", "-f", str(root / "compose.yaml"), "config", "--format", "json"]
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=clean, cwd=root, timeout=30)
    every = {}
    for name, given in json.loads(done.stdout)["services"].items():
        words_ = [*(given.get("entrypoint") or ()), *(given.get("command") or ())]
        context = Path(given["build"]["context"]) if "build" in given else None
        ports = [f"{port['published']}:{port['target']}" for port in given.get("ports", ())]
        plain = {key: value.replace("$$", "$") for key, value in (given.get("environment") or {}).items()}
        every[name] = (plain, words_, given.get("image", ""), context, ports)
    return every


def has_compose():
    """Compose is a plugin of `docker`, which a machine may have without it."""
    command = ["docker", "compose", "version"]
    return bool(shutil.which("docker")) and not subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.skipif(not has_compose(), reason="there is no docker compose to hold it against")
def test_the_resolved_model_is_the_one_of_docker_compose(tmp_path):
    root = written(tmp_path.resolve(), RESOLVED)
    assert resolved(root) == by_docker(root)


@pytest.mark.parametrize(
    ("text", "filled_"),
    [
        ("${A}", "1"),
        ("$A/$B", "1/${B}"),
        ("${B:-${C:-${A}}}", "1"),
        ("${A:?must be there}", "1"),
        ("${B:?must be there}", "${B}"),
        ("${B:+x}${A:+y}", "y"),
        ("$$A ${} ${A", "$A ${} ${A"),
        ("${A:-" * 40 + "}" * 40, "1"),
    ],
)
def test_interpolation_is_compose_s_and_ends(text, filled_):
    assert filled(text, {"A": "1"}.get) == filled_
