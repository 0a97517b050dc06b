"""Access tokens of the sessions service: the real service, the real agent and the real Envoy."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.edge import (
    UNLIMITED,
    Edge,
    Services,
    Upstream,
    a_place,
    eventually,
    free_port,
    start_agent,
    start_envoy,
)
from leftovers import WIDER
from stead.gateway.agent_plan import plan
from stead.gateway.deployment import Socket
from stead.kit.caller import Keyring, mint
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key, trusted_keys
from stead.model import Backend, Gateway, Redis, Route, Service
from stead.run.redis import Server, create_user
from stead.services import sessions

NAMES = ("api-gateway", "game")
MAY = {"api-gateway": ("front", "keys"), "game": ("create", "exchange", "invalidate")}


@dataclass
class Signing:
    """The sessions service as a process of its own, and a caller of it."""

    folder: Path
    environ: dict
    game: str
    process: subprocess.Popen | None = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.environ['PORT']}"

    def start(self):
        words = [sys.executable, "-m", "stead.kit.serve", "stead.services.sessions.app:on_redis"]
        with (self.folder / "sessions.log").open("a") as log:
            # The module's fixture ends it, also where a test has started it again.
            environ = {**self.environ, "PYTEST_CURRENT_TEST": WIDER}
            self.process = subprocess.Popen(words, env=environ, stdout=log, stderr=log)
        eventually(self.is_well, 20)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)

    def is_well(self):
        assert self.process.poll() is None, (self.folder / "sessions.log").read_text()
        try:
            return urllib.request.urlopen(f"{self.url}/health", timeout=1).status == 200
        except OSError:
            return False

    def ask(self, path, body):
        token = mint(signing_key(self.game), "game", "sessions", MAY["game"], now=time.time())
        headers = {"x-service-token": f"Bearer {token}", "content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or "null")

    def begin(self, user="user_1"):
        return self.ask("/v1/sessions", {"user_id": user, "method": "telegram", "roles": ["editor", "host"]})

    def exchange(self, issued):
        return self.ask("/v1/sessions/exchange", {"session": issued["session"]})["access_token"]


def a_backend():
    things = Service(
        "things-service",
        command="none",
        routes=[Route.user("GET", "/v1/me"), Route.user("PUT", "/v1/edit", roles=("editor",))],
    )
    issuer = sessions.service("sessions", store=Redis())
    gateway = Gateway("api-gateway", users=[sessions.users(issuer)], fronts=[things, issuer], rate=UNLIMITED)
    return Backend("tried", [things, issuer], gateway)


def _is_live(edge, envoy):
    assert envoy.poll() is None, (edge.folder / "envoy.log").read_text()
    try:
        return "LIVE" in edge.admin("/ready")
    except OSError:
        return False


@contextmanager
def standing(*, down=False):
    folder = Path(tempfile.mkdtemp(prefix="stead-gw-"))
    redis = Server(folder / "redis", durable=False)
    redis.start()
    private = {name: new_private_key(name) for name in NAMES}
    keyring = jwk_set({name: public_jwk(private[name], name, MAY[name]) for name in NAMES})
    environ = {
        "PATH": os.environ["PATH"],
        "SERVICE_NAME": "sessions",
        "PORT": str(free_port()),
        "REDIS_URL": create_user(redis.url(), "sessions", "a-password"),
        "SESSION_SIGNING_KEY": "k" * 32,
        "SERVICE_JWT_KEYS": keyring,
    }
    issuer = Signing(folder, environ, private["game"])
    if not down:
        issuer.start()
    services = Services(Upstream("things-service", Keyring(trusted_keys(keyring, None), "things-service")))
    deployment = a_place(folder, services)
    deployment = replace(
        deployment, upstreams={**deployment.upstreams, "sessions": Socket("127.0.0.1", int(environ["PORT"]))}
    )
    backend = a_backend()
    given_settings = {"SERVICE_JWT_SECRET": private["api-gateway"], "SESSIONS_SERVICE_URL": issuer.url}
    agent = start_agent(plan(backend, deployment), folder, given_settings)
    envoy = start_envoy(backend, deployment)
    edge = Edge(folder, None, services, envoy, agent, 0)
    try:
        eventually(lambda: _is_live(edge, envoy))
        listeners = json.loads(edge.admin("/listeners?format=json"))["listener_statuses"]
        edge.port = listeners[0]["local_address"]["socket_address"]["port_value"]
        yield edge, issuer
    finally:
        for process in (envoy, agent, issuer.process):
            if process and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(10)
        services.close()
        redis.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def both():
    with standing() as running:
        yield running


def test_an_access_token_is_a_user(both):
    edge, issuer = both
    issued = issuer.begin()
    answer = edge.get("/v1/me", token=issuer.exchange(issued))
    assert answer.status == 200
    said = {name: answer.sent[name] for name in ("x-user-id", "x-session-id", "x-user-roles", "x-auth-method")}
    assert said == {
        "x-user-id": ["user_1"],
        "x-session-id": [issued["id"]],
        "x-user-roles": ["editor host"],
        "x-auth-method": ["telegram"],
    }
    assert edge.ask("PUT", "/v1/edit", token=issuer.exchange(issued)).status == 200


def test_a_browser_uses_nothing_but_the_gateway(both):
    edge, issuer = both
    issued = issuer.begin("user_2")
    body = json.dumps({"session": issued["session"]}).encode()
    headers = [("content-type", "application/json")]
    refreshed = edge.ask("POST", "/v1/sessions/refresh", headers, body)
    by_header = edge.ask("POST", "/v1/sessions/refresh", headers, b"{}", token=issued["session"])
    assert (refreshed.status, by_header.status) == (200, 200)
    token = refreshed.json["access_token"]
    listed = edge.get("/v1/sessions", token=token).json["sessions"]
    assert [(each["id"], each["current"]) for each in listed] == [(issued["id"], True)]
    assert edge.ask("DELETE", "/v1/sessions", token=token).status == 204
    assert edge.ask("POST", "/v1/sessions/refresh", headers, body).status == 401
    assert edge.ask("POST", "/v1/sessions/verify", headers, body).status in (404, 405)


def forged(token, **more):
    """Return the same claims, or others, signed with another key of the same name."""
    claims = jwt.decode(token, options={"verify_signature": False}) | more
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers={"kid": kid})


def test_nothing_else_is(both):
    edge, issuer = both
    issued = issuer.begin()
    token = issuer.exchange(issued)
    head, claims, signature = token.split(".")
    hs256 = jwt.encode({"sub": "user_1", "iss": "sessions", "aud": "api", "exp": time.time() + 60}, "k" * 32)
    for bad in (issued["session"], forged(token), f"{head}.{claims}.", f"{head}.{claims[:-2]}.{signature}", hs256):
        answer = edge.get("/v1/me", token=bad)
        assert (answer.status, answer.json["code"]) == (401, "unauthenticated")
    assert edge.get("/v1/me").status == 401


def test_the_gateway_goes_on_while_the_service_is_down(both):
    edge, issuer = both
    token = issuer.exchange(issuer.begin())
    issuer.stop()
    try:
        assert edge.get("/v1/me", token=token).status == 200
        body, headers = b'{"session": "sess_"}', [("content-type", "application/json")]
        assert edge.ask("POST", "/v1/sessions/refresh", headers, body).status == 503
    finally:
        issuer.start()
    assert edge.get("/v1/me", token=issuer.exchange(issuer.begin())).status == 200


def test_a_new_signing_key_is_believed_without_a_logout(both):
    edge, issuer = both
    issued = issuer.begin()
    old = issuer.exchange(issued)
    for secrets in (f"{'k' * 32},{'n' * 32}", f"{'n' * 32},{'k' * 32}"):
        issuer.stop()
        issuer.environ["SESSION_SIGNING_KEY"] = secrets
        issuer.start()
        eventually(lambda: _keys(edge) == 6, 10)
        fresh = issuer.exchange(issued)
        assert [edge.get("/v1/me", token=each).status for each in (old, fresh)] == [200, 200]
    assert jwt.get_unverified_header(old)["kid"] != jwt.get_unverified_header(fresh)["kid"]


def _keys(edge):
    config = json.loads((edge.folder / "keys" / "verification.json").read_text())
    file = config["resources"][0]["typed_config"]["providers"]["sessions"]["local_jwks"]["filename"]
    return len(json.loads(Path(file).read_text())["keys"])


def test_the_gateway_starts_before_the_service():
    """What may be a good token is not called a bad one: who is told 401 signs the user out."""
    some = forged(jwt.encode({}, "k" * 32, headers={"kid": "x"}))
    with standing(down=True) as (edge, issuer):
        answer = edge.get("/v1/me", token=some)
        assert (answer.status, answer.json["code"]) == (503, "unavailable")
        assert edge.get("/v1/me").status == 401
        assert edge.get("/v1/me", token="sess_of_somebody").status == 401
        assert edge.ask("POST", "/v1/sessions/refresh", [], b"{}", token=some).status == 503  # public, and down
        issuer.start()
        issued = issuer.begin()
        eventually(lambda: edge.get("/v1/me", token=issuer.exchange(issued)).status == 200, 3)
        assert edge.get("/v1/me", token=some).status == 401
