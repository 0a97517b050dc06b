"""The guard in front of a Worker decides as the proxy in front of a program does: the same tests, in workerd."""

import json
import subprocess
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from gateway.edge import Services, Upstream, eventually, free_port
from gateway.test_service_proxy import (  # noqa: F401 - the tests themselves are what is shared
    ALONE,
    CALLERS,
    HOST,
    KEYS,
    REFUSED,
    SERVICE,
    ask,
    outcome,
    shown,
    test_a_body_beyond_the_limit_is_refused,
    test_a_body_that_comes_too_slowly_is_the_client_s_fault_on_the_way_in_and_out,
    test_a_call_is_bounded_in_time_and_told_as_an_outage,
    test_a_declared_call_leaves_with_a_token_of_its_own,
    test_a_programs_own_limits_are_held_in_front_of_it,
    test_a_token_of_the_protocol_gets_its_verdict,
    test_a_user_id_gets_its_verdict,
    test_a_user_is_believed_from_whoever_fronts_and_from_nobody_else,
    test_an_api_token_reaches_no_further_than_its_scope,
    test_health_and_metrics_are_open_and_carry_no_identity,
    test_no_other_spelling_of_an_identity_header_arrives,
    test_what_is_not_declared_is_refused,
    test_where_nobody_may_call_public_routes_are_open_and_all_others_closed,
)
from gateway.worker import listens
from npm import node_modules
from stead.kit.caller import Keyring, mint
from stead.kit.key import jwk_set, keyring, new_private_key, public_jwk, signing_key, trusted_keys
from stead.model import Backend, Environment, Gateway, Route, Service, Workers
from stead.model.workers import COMPATIBILITY_DATE
from stead.reference.vectors import CALLEE, CALLER
from stead.render.workers.context import WorkersContext
from stead.render.workers.entry import entry, runtime
from stead.run.workerd_bundle import WorkerSource, bundle, program
from stead.run.workerd_config import WorkerConfig, variable, written

PASSES = "export default { fetch: (request, env) => env.PROGRAM.fetch(request) };\n"
ASKS = "export default { fetch: (request, env) => env.SESSIONS_SERVICE.fetch(request) };\n"
SESSIONS = Service(
    "sessions", command="none", routes=[Route("POST", "/v1/verify", "service", operation="verify", timeout=0.5)]
)
ASKING = Service(CALLEE, command="none", routes=[Route.public("ANY", "/v1/verify")], calls=[SESSIONS.may("verify")])


NEXT = {name: new_private_key(name) for name in CALLERS}  # of every caller, as while it is rotated


def backends():
    caller = Service(CALLER, command="none", calls=[SERVICE.may("award", "read")])
    called = Backend("tried", [SERVICE, caller], Gateway("gateway", fronts=[SERVICE]))
    return {
        "into": (called, SERVICE, PASSES),
        "alone": (Backend("tried", [ALONE]), ALONE, PASSES),
        "out": (Backend("tried", [ASKING, SESSIONS]), ASKING, ASKS),
    }


def bundled(name, folder):
    """Render the guard of a service in front of its code, and bundle both."""
    backend, service, code = backends()[name]
    source = f"apps/{name}/index.js"
    context = WorkersContext(backend, Environment("test"), Workers(sources={service: source}))
    texts = {f"deploy/workers/{path}": text for path, text in runtime({"worker"}).items()}
    texts |= {f"deploy/workers/{name}/index.js": entry(service, context), source: code}
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    stand_in = Service(name, worker=f"deploy/workers/{name}/index.js")
    bundle(WorkerSource.of(stand_in, folder), folder / f"{name}.js")


def settings():
    entries = keyring(CALLERS.items(), lambda name: [KEYS[name], NEXT[name]])
    usual = {"ENVIRONMENT": "test", "VERSION": "abc123"}
    return {
        "into": usual | {"SERVICE_JWT_KEYS": entries},
        "alone": usual,
        "out": usual | {"SERVICE_JWT_SECRET": KEYS[CALLER]},
    }


@contextmanager
def standing(folder):
    (folder / "node_modules").symlink_to(node_modules())
    (folder / "backend.py").touch()
    callee_keys = trusted_keys(jwk_set({CALLEE: public_jwk(KEYS[CALLER], CALLEE, ("verify",))}), None)
    program_, alone = Upstream(CALLEE), Upstream("alone")
    callee = Upstream("sessions", Keyring(callee_keys, "sessions"))
    services = Services(program_, alone, callee)
    ports = {name: free_port() for name in backends()}
    callees = {
        "into": {"PROGRAM": program_.port},
        "alone": {"PROGRAM": alone.port},
        "out": {"SESSIONS_SERVICE": callee.port},
    }
    given = settings()
    for name in backends():
        bundled(name, folder)
    configs = [
        WorkerConfig(name, f"{name}.js", port, sorted(given[name]), callees[name]) for name, port in ports.items()
    ]
    (folder / "workerd.capnp").write_text(written(configs, HOST, COMPATIBILITY_DATE))
    environ = {variable(name, key): text for name in given for key, text in given[name].items()}
    words = [program("workerd", folder), "serve", "--verbose", str(folder / "workerd.capnp")]
    with (folder / "workerd.log").open("w") as log:
        workerd = subprocess.Popen(words, env=environ, stdout=log, stderr=log)
    try:
        eventually(lambda: listens(workerd, ports["into"], folder / "workerd.log"), 15)
        yield SimpleNamespace(**ports, program=program_, callee=callee, services=services, folder=folder)
    finally:
        workerd.terminate()
        workerd.wait(10)
        services.close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory, soon):
    with standing(tmp_path_factory.mktemp("guard")) as running:
        yield running


@pytest.mark.parametrize(
    ("method", "headers", "times"),
    [("GET", (), (3, 4)), ("POST", (), (1,)), ("POST", (("Idempotency-Key", "k"),), (3,))],
)
def test_only_what_may_safely_come_twice_is_tried_again(proxy, method, headers, times):
    """The runtime itself repeats a GET whose kept connection was closed: one more than the guard's three."""
    before = len(proxy.callee.seen)
    assert ask(proxy.out, method, "/v1/verify?die=1", *headers).status in (502, 503)
    assert len(proxy.callee.seen) - before in times


def signed(key, now):
    token = mint(signing_key(key), CALLER, CALLEE, ["award"], now=now)
    return "X-Service-Token", f"Bearer {token}"


def test_a_token_from_the_future_is_refused(proxy):
    assert outcome(ask(proxy.into, "POST", "/v1/awards", signed(KEYS[CALLER], time.time() + 60))) == REFUSED


def test_a_token_of_either_key_of_a_caller_holds_while_one_is_rotated(proxy):
    keys = KEYS[CALLER], NEXT[CALLER], new_private_key(CALLER), NEXT["gateway"]
    answers = [ask(proxy.into, "POST", "/v1/awards", signed(key, time.time())).status for key in keys]
    assert answers == [200, 200, 401, 401]


def test_the_log_says_why_and_holds_no_token(proxy):
    token = shown("gateway", "front")
    assert outcome(ask(proxy.into, "POST", "/v1/awards", token)) == (403, "operation_not_declared")
    log = proxy.folder / "workerd.log"
    lines = eventually(lambda: [line for line in log.read_text().splitlines() if "gateway: award" in line])
    assert json.loads(lines[0])["path"] == "/v1/awards"
    assert token[1].removeprefix("Bearer ") not in log.read_text()
