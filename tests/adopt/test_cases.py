"""Whole repositories of two kinds, adopted and checked: a Compose file of parts, and Workers that call each other."""

from pathlib import Path

import pytest

from adopt.adopting import called, described, service, setting
from adopt.test_compose_model import AUTH, BASE, COMPOSE, written
from adopt.test_workers import FILES as WORKERS
from adopt.test_workers import GATE
from check.rule_run import held
from stead.adopt.adopt import adopt
from stead.check.registry import rules
from stead.model import Postgres, Redis
from stead.model.setting import REQUIRED

MAIL = "export default { async fetch(r: Request, env: any) { return new Response(env.SENDER + env.DB) } }\n"
FAST = rules(costs=("fast",))
INCLUDE_AND_EXTENDS = {
    ".env": "CACHE_IMAGE=redis:7.2.1\nAUTH_PORT=3000\n",
    "compose.yaml": COMPOSE,
    "docker/auth/compose.yml": AUTH,
    "docker/base.yml": BASE,
    "Dockerfile": 'FROM node:20\nCMD ["node","main.js"]\n',
    "apps/auth/.env.example": "JWT_SECRET=change-me\nLOG_LEVEL=debug\n",
}


def sure(root: Path, family: str) -> list[str]:
    return [each.code for each in held(root, FAST) if each.sure and each.code.startswith(family)]


def test_include_and_extends(tmp_path):
    text, backend = described(written(tmp_path, INCLUDE_AND_EXTENDS))
    (auth,) = backend.services
    assert (auth.name, auth.folder, auth.command) == ("auth", ".", ("node", "main.js"))
    assert {type(need) for need in auth.needs} == {Postgres, Redis}
    assert {each.name: each.default for each in auth.declared if not each.secret} == {
        "DB_NAME": "auth",
        "LOG_LEVEL": "debug",
        "MODE": REQUIRED,
        "NODE_ENV": "development",
        "SHOP_ID": REQUIRED,
    }
    assert [each.name for each in auth.declared if each.secret] == ["JWT_SECRET"]
    assert "3000" not in text, "Stead gives the port"
    assert sure(tmp_path, "PATH") == []
    assert adopt(tmp_path).notes == ()


@pytest.mark.parametrize("entry", [True, False])
def test_workers(tmp_path, entry):
    files = {name: text for name, text in WORKERS.items() if entry or name != "apps/gate/src/index.ts"}
    _, backend = described(written(tmp_path, files | {"apps/gate/wrangler.toml": GATE, "apps/mail/src/index.ts": MAIL}))
    assert {each.name: each.worker for each in backend.services} == {"gate": "apps/gate", "mail": "apps/mail"}
    assert called(service(backend, "gate")) == ["mail"]
    assert setting(service(backend, "gate"), "REGION").default == "eu"
    assert setting(service(backend, "mail"), "SENDER").default == "noreply@example.org"
    assert {each.name for each in service(backend, "mail").declared} == {"SENDER"}, "a binding is no setting"
    assert sure(tmp_path, "SERVICE026") == []
