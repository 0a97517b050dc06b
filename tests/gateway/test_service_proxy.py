"""The proxy in front of a program: the real Envoy, the test vectors of the protocol, a program that knows nothing."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace

import pytest

from gateway.edge import Services, Upstream, free_port
from gateway.exchange import exchange
from stead.gateway.agent.loop import run
from stead.gateway.bootstrap import to_json
from stead.gateway.command import arguments
from stead.gateway.deployment import Socket
from stead.gateway.proxy import Inbound, Outbound, ProxyDeployment, bootstrap, plan
from stead.gateway.proxy.plan import key_setting
from stead.kit.caller import Keyring, mint
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key, trusted_keys
from stead.model import Health, Route, Service
from stead.model.request_limits import RequestLimits
from stead.model.user_id import is_user_id
from stead.reference.vectors import CALLEE, CALLER, PRIVATE, tokens, vectors

HOST = "127.0.0.1"
KEYS = {CALLER: json.dumps(PRIVATE), "gateway": new_private_key("gateway"), "alone": new_private_key("alone")}
CALLERS = {CALLER: ("award", "read"), "gateway": ("front",)}
SERVICE = Service(
    CALLEE,
    command="none",
    health=Health("/up", contract=False),
    routes=[
        Route.service("POST", "/v1/awards", "award"),
        Route.service("GET", "/v1/awards/{id}", "read"),
        Route.service("DELETE", "/v1/awards/{id}", "drop"),
        Route.public("GET", "/v1/open"),
        Route.user("GET", "/v1/mine"),
        Route.user("GET", "/v1/admin", roles=("admin", "chief.admin")),
        Route.user("DELETE", "/v1/mine", scope=None),
    ],
)
ALONE = Service(
    "alone",
    command="none",
    request_limits=RequestLimits(body=2000, headers=20, header_bytes=2048),
    routes=[Route.public("GET", "/v1/open"), Route.public("POST", "/v1/open"), Route.user("GET", "/v1/mine")],
)


# Those that a header can carry: HTTP itself has no way to send the others.
IN_A_HEADER = [each for each in vectors()["user ids"] if all(ord(letter) >= 32 for letter in each["id"])]


def keyring(name):
    return jwk_set({name: public_jwk(KEYS[name], name)})


@pytest.fixture(scope="module")
def proxy(tmp_path_factory, soon):
    with standing(tmp_path_factory.mktemp("proxy")) as running:
        yield running


@contextmanager
def standing(folder):
    """One program that is called, one that nobody calls, and one call of the first to a service of the kit."""
    callee_keys = trusted_keys(jwk_set({CALLEE: public_jwk(KEYS[CALLER], CALLEE, ("verify",))}), None)
    program, alone = Upstream(CALLEE), Upstream("alone")
    callee = Upstream("sessions", Keyring(callee_keys, "sessions"))
    services = Services(program, alone, callee)
    ports = [free_port() for _ in range(4)]
    deployment = ProxyDeployment(
        name="service-proxy",
        backend="tried",
        folder=str(folder),
        inbound=(
            Inbound(
                SERVICE, Socket(HOST, ports[0]), Socket(HOST, program.port), CALLERS, {n: keyring(n) for n in CALLERS}
            ),
            Inbound(ALONE, Socket(HOST, ports[1]), Socket(HOST, alone.port)),
        ),
        outbound=(
            Outbound(CALLEE, "sessions", Socket(HOST, ports[2]), Socket(HOST, callee.port), ("verify",), 0.5),
            Outbound(
                "alone", "sessions", Socket(HOST, ports[3]), Socket(HOST, callee.port), ("verify",), 0.5, signs=True
            ),
        ),
    )
    (folder / "plan.json").write_text(plan(deployment).to_json())
    (folder / "envoy.json").write_text(to_json(bootstrap(deployment)))
    environ = {**os.environ, key_setting(CALLEE): KEYS[CALLER]}
    words = [sys.executable, "-P", "-m", "stead.gateway.agent", str(folder / "plan.json"), str(folder)]
    agent = subprocess.Popen(words, env=environ, stdout=subprocess.PIPE)
    agent.stdout.readline()
    envoy = subprocess.Popen(arguments(folder / "envoy.json"), stdout=subprocess.DEVNULL)
    try:
        yield SimpleNamespace(
            into=ports[0],
            alone=ports[1],
            out=ports[2],
            signed=ports[3],
            program=program,
            callee=callee,
            services=services,
        )
    finally:
        for process in (envoy, agent):
            process.terminate()
            process.wait(10)
        agent.stdout.close()
        services.close()


def ask(port, method, path, *headers, body=b""):
    sent = [*headers, ("content-length", str(len(body)))] if body else headers
    lines = [f"{method} {path} HTTP/1.1", "Host: points", "Connection: close", *(f"{k}: {v}" for k, v in sent), "", ""]
    for _ in range(100):
        try:
            return exchange((HOST, port), "\r\n".join(lines).encode() + body)
        except ConnectionRefusedError:
            time.sleep(0.05)  # Envoy is starting
    raise AssertionError("the proxy does not listen")


def shown(caller, *operations, key=None, audience=CALLEE):
    token = mint(signing_key(key or KEYS[caller]), caller, audience, operations, now=time.time())
    return ("X-Service-Token", f"Bearer {token}")


REFUSED = (401, "unauthenticated")


def outcome(answer):
    return answer.status, answer.json.get("code") if answer.status >= 400 else None


AHEAD = ("issued 6 s from now", "ends before it begins")  # Envoy has no rule for the future


@pytest.mark.parametrize("vector", list(tokens(0)), ids=lambda each: each["about"])
def test_a_token_of_the_protocol_gets_its_verdict(proxy, vector):
    now = next(each for each in tokens(int(time.time())) if each["about"] == vector["about"])
    answer = ask(proxy.into, "POST", "/v1/awards", ("X-Service-Token", f"Bearer {now['token']}"))
    if "award" in now.get("operations", ()):
        assert answer.status == 200
        assert answer.sent["x-service-caller"] == [CALLER]
        assert "x-service-token" not in answer.sent
    elif now["valid"]:
        assert outcome(answer) == (403, "operation_not_declared")
    elif vector["about"] not in AHEAD:
        assert outcome(answer) == ((403, "operation_not_declared") if vector["about"] == "no scope" else REFUSED)


@pytest.mark.parametrize(
    ("why", "method", "path", "headers", "expected"),
    [
        ("no token", "POST", "/v1/awards", (), (401, "unauthenticated")),
        ("garbage", "POST", "/v1/awards", (("X-Service-Token", "Bearer x"),), (401, "unauthenticated")),
        (
            "its own key, undeclared",
            "POST",
            "/v1/awards",
            (partial(shown, "alone", "award"),),
            (401, "unauthenticated"),
        ),
        (
            "another's name",
            "POST",
            "/v1/awards",
            (partial(shown, CALLER, "award", key=KEYS["alone"]),),
            (401, "unauthenticated"),
        ),
        ("not granted", "DELETE", "/v1/awards/7", (partial(shown, CALLER, "drop"),), (403, "operation_not_declared")),
        ("not selected", "GET", "/v1/awards/7", (partial(shown, CALLER, "award"),), (403, "operation_not_declared")),
        ("no front", "GET", "/v1/open", (partial(shown, CALLER, "front"),), (403, "operation_not_declared")),
        ("fronts only", "POST", "/v1/awards", (partial(shown, "gateway", "award"),), (403, "operation_not_declared")),
        ("no user", "GET", "/v1/mine", (partial(shown, "gateway", "front"),), (401, "unauthenticated")),
        ("undeclared path", "GET", "/v1/nothing", (partial(shown, CALLER, "award"),), (404, "not_found")),
        ("a slash more", "GET", "/v1/open/", (partial(shown, "gateway", "front"),), (404, "not_found")),
        ("two slashes", "GET", "//v1/open", (partial(shown, "gateway", "front"),), (404, "not_found")),
        ("undeclared method", "PUT", "/v1/awards", (partial(shown, CALLER, "award"),), (405, "method_not_allowed")),
        (
            "an underscore",
            "GET",
            "/v1/open",
            (partial(shown, "gateway", "front"), ("x_user_id", "ann")),
            (400, "bad_request"),
        ),
    ],
)
def test_what_is_not_declared_is_refused(proxy, why, method, path, headers, expected):
    before = len(proxy.program.seen)
    sent = [each() if callable(each) else each for each in headers]  # a token that is minted now: it lives 300 s
    assert outcome(ask(proxy.into, method, path, *sent)) == expected, why
    assert len(proxy.program.seen) == before


def test_a_user_is_believed_from_whoever_fronts_and_from_nobody_else(proxy):
    user = (("X-User-Id", "ann"), ("X-Auth-Method", "clerk"), ("X-User-Roles", "editor chief.admin"))
    front = shown("gateway", "front")
    assert ask(proxy.into, "GET", "/v1/mine", front, *user).sent["x-user-id"] == ["ann"]
    assert ask(proxy.into, "HEAD", "/v1/mine", front, *user).status == 200
    assert ask(proxy.into, "GET", "/v1/admin", front, *user).status == 200
    assert outcome(ask(proxy.into, "GET", "/v1/admin", front, *user[:2])) == (403, "role_missing")
    for headers in (("X-User-Id", "ann"), ("X-User-Roles", "admin"), ("X-Service-Caller", "gateway")):
        sent = ask(proxy.into, "POST", "/v1/awards", shown(CALLER, "award"), headers).sent
        assert (sent["x-service-caller"], "x-user-id" in sent, "x-user-roles" in sent) == ([CALLER], False, False)


@pytest.mark.parametrize("spelling", ["x.user.id", "x-user.id", "xuser-id", "x-user-i~d", "x-service-caller"])
def test_no_other_spelling_of_an_identity_header_arrives(proxy, spelling):
    sent = ask(proxy.into, "POST", "/v1/awards", shown(CALLER, "award"), (spelling, "mallory")).sent
    assert "mallory" not in json.dumps(sent)


def test_an_api_token_reaches_no_further_than_its_scope(proxy):
    front, user = shown("gateway", "front"), (("X-User-Id", "ann"), ("X-Auth-Method", "token"))
    reads, everything = ("X-User-Scopes", "a:b mine:read"), ("X-User-Scopes", "*")
    assert ask(proxy.into, "GET", "/v1/mine", front, *user, reads).status == 200
    assert ask(proxy.into, "GET", "/v1/mine", front, *user, everything).status == 200
    assert outcome(ask(proxy.into, "GET", "/v1/mine", front, *user)) == (403, "scope_missing")
    assert outcome(ask(proxy.into, "DELETE", "/v1/mine", front, *user, everything)) == (403, "scope_missing")


@pytest.mark.parametrize("vector", IN_A_HEADER, ids=lambda each: each["about"])
def test_a_user_id_gets_its_verdict(proxy, vector):
    value = vector["id"]
    raw = value.encode().decode("latin-1")
    lines = f"GET /v1/mine HTTP/1.1\r\nHost: p\r\nConnection: close\r\n{': '.join(shown('gateway', 'front'))}\r\n"
    request = (lines + f"X-User-Id: {raw}\r\n\r\n").encode("latin-1")
    answer = exchange((HOST, proxy.into), request)
    assert (answer.status == 200) == is_user_id(value.strip())  # a header is trimmed on its way


def test_health_and_metrics_are_open_and_carry_no_identity(proxy):
    for path in ("/up", "/metrics"):
        sent = ask(proxy.into, "GET", path, ("X-User-Id", "ann"), ("X-Service-Caller", "gateway")).sent
        assert not {"x-user-id", "x-service-caller"} & set(sent)
    assert ask(proxy.into, "POST", "/up").status in (404, 405)


def test_where_nobody_may_call_public_routes_are_open_and_all_others_closed(proxy):
    assert ask(proxy.alone, "GET", "/v1/open").status == 200
    assert outcome(ask(proxy.alone, "GET", "/v1/mine", ("X-User-Id", "ann"))) == (401, "unauthenticated")


def test_a_body_beyond_the_limit_is_refused(proxy):
    answer = ask(proxy.into, "POST", "/v1/awards", shown(CALLER, "award"), body=b"x" * (1 << 21))
    assert outcome(answer) == (413, "body_too_large")


def test_a_body_that_comes_too_slowly_is_the_client_s_fault_on_the_way_in_and_out(proxy):
    announced = ("Content-Length", "10")
    for port, path, headers in ((proxy.into, "/v1/awards", [shown(CALLER, "award")]), (proxy.out, "/v1/verify", [])):
        assert outcome(ask(port, "POST", path, announced, *headers)) == (408, "request_timeout")


def test_a_declared_call_leaves_with_a_token_of_its_own(proxy):
    sent = ask(proxy.out, "POST", "/v1/verify", ("X-Service-Token", "Bearer forged"), ("X-User-Id", "ann")).sent
    caller = proxy.callee.keyring.verify(sent["x-service-token"][0].removeprefix("Bearer "))
    assert (caller.name, sorted(caller.operations)) == (CALLEE, ["verify"])
    assert "x-user-id" not in sent


def test_a_program_that_signs_by_itself_has_its_own_token_passed_on(proxy):
    sent = ask(proxy.signed, "POST", "/v1/verify", ("X-Service-Token", "Bearer its own"), ("X-User-Id", "ann")).sent
    assert (sent["x-service-token"], "x-user-id" in sent) == (["Bearer its own"], False)
    assert "x-service-token" not in ask(proxy.signed, "POST", "/v1/verify").sent


def test_a_call_is_bounded_in_time_and_told_as_an_outage(proxy):
    assert outcome(ask(proxy.out, "POST", "/v1/verify?sleep=2")) == (504, "deadline")


@pytest.mark.parametrize(
    ("method", "headers", "times"), [("GET", (), 3), ("POST", (), 1), ("POST", (("Idempotency-Key", "k"),), 3)]
)
def test_only_what_may_safely_come_twice_is_tried_again(proxy, method, headers, times):
    before = len(proxy.callee.seen)
    assert ask(proxy.out, method, "/v1/verify?die=1", *headers).status in (502, 503)
    assert len(proxy.callee.seen) - before == times


def test_the_agent_names_each_key_that_is_missing(tmp_path, capsys):
    deployment = ProxyDeployment(
        name="p",
        backend="b",
        folder=str(tmp_path),
        outbound=(Outbound("web-app", "points", Socket(HOST, 1), Socket(HOST, 2), ("award",), 2.0),),
    )
    assert run(plan(deployment), tmp_path, {}) == 78
    assert "SERVICE_JWT_SECRET_WEB_APP is missing" in capsys.readouterr().err


def test_a_programs_own_limits_are_held_in_front_of_it(proxy):
    too_many = [(f"x-{n}", "1") for n in range(60)]
    for body, headers, status, code in (
        (b"x" * 2000, (), 200, None),
        (b"x" * 2001, (), 413, "body_too_large"),
        (b"", too_many, 431, "headers_too_large"),
        (b"", [("x-long", "1" * 12_000)], 431, "headers_too_large"),
    ):
        assert outcome(ask(proxy.alone, "POST", "/v1/open", *headers, body=body)) == (status, code)
