"""Compose files as their resolved model: what is included and extended, and a command that only a shell understands."""

from pathlib import Path

from adopt.adopting import described, service, setting
from check.holding import git
from stead.adopt.adopt import adopt
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
    assert "compose.yaml: includes itself" in found.notes
    assert "compose.yaml: the service a extends itself" in found.notes


def test_a_missing_include_is_said_with_the_file_that_names_it(tmp_path):
    text = "include: [gone.yml]\nservices:\n  a: {image: 'example/a:1'}\n"
    assert (
        "compose.yaml: includes gone.yml, which is not there" in adopt(written(tmp_path, {"compose.yaml": text})).notes
    )


def test_a_line_for_a_shell_is_given_to_one(tmp_path):
    files = {
        "compose.yaml": "services:\n  load: {build: load, environment: {FRONT: web}}\n  web: {build: web}\n",
        "load/Dockerfile": 'FROM python:3.12\nENTRYPOINT locust --host="http://${FRONT}" 2>&1\n',
        "web/Dockerfile": 'FROM gcr.io/distroless/nodejs22-debian12\nCMD ["--require=./otel.js", "server.js"]\n',
    }
    _, backend = described(written(Path(tmp_path), files))
    assert service(backend, "load").command == ("sh", "-c", 'locust --host="http://${FRONT}" 2>&1')
    assert service(backend, "web").command == ("node", "--require=./otel.js", "server.js")
