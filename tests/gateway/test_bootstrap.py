"""Envoy's configuration as a value: what is in it follows from the description, and from nothing else."""

import json
from pathlib import Path

import pytest

from gateway.edge import a_backend
from stead.gateway.agent.keyset import shared
from stead.gateway.agent.token import secret_file
from stead.gateway.agent.verification import Verification
from stead.gateway.agent_plan import plan
from stead.gateway.bootstrap import bootstrap, to_json
from stead.gateway.command import binary, validate
from stead.gateway.deployment import Deployment, Socket, UnixSocket
from stead.gateway.envoy.core import overwrite
from stead.gateway.envoy.message import duration, written
from stead.gateway.problem import EnvoyRefused, GatewayError
from stead.model import Backend, Clerk, Cors, Gateway, IdentityProvider, Introspection, Route, Service, load

REWARDS = Path(__file__).parents[2] / "backends" / "rewards"


def a_site(backend, folder="/agent", **more):
    given_settings = {
        "environment": "prod",
        "version": "1.2.3",
        "listen": Socket("0.0.0.0", 8080),
        "upstreams": {service.name: Socket(service.name, 8000) for service in backend.services},
        "folder": str(folder),
        "values": {"CLERK_ISSUER": "https://clerk.example.com"},
    }
    return Deployment(**{**given_settings, **more})


def keep(backend, folder):
    """Write what a agent would have written."""
    for name in ("tokens", "keys"):
        (folder / name).mkdir()
    kept = plan(backend, a_site(backend, folder))
    for token in kept.tokens:
        (folder / "tokens" / f"{token.audience}.json").write_text(secret_file(token, "a token"))
    for keys in kept.key_sets:
        Verification(kept.verification, kept.meanwhile, folder / "keys").keep(keys.provider, shared("x" * 32).text)


def routes_of(configuration):
    chain = configuration.static_resources.listeners[0].filter_chains[0]
    return chain.filters[0].typed_config.route_config.virtual_hosts[0].routes


def filters_of(configuration):
    chain = configuration.static_resources.listeners[0].filter_chains[0]
    return [one.name for one in chain.filters[0].typed_config.http_filters]


@pytest.mark.parametrize("make", [a_backend, lambda: load(REWARDS)], ids=["every kind", "rewards"])
def test_envoy_takes_it(make, tmp_path):
    backend = make()
    keep(backend, tmp_path)
    validate(bootstrap(backend, a_site(backend, tmp_path)), tmp_path)
    more = {"collector": "https://collector.example.com/otlp", "trusted_hops": 2, "admin": UnixSocket("/run/admin")}
    validate(bootstrap(backend, a_site(backend, tmp_path, **more)), tmp_path)


def test_envoy_takes_a_large_backend_and_strange_paths(tmp_path):
    def routes(n):
        return [Route.user("GET", f"/v{n}/r{m}/{{id}}/a.b+c($)", roles=("a.b",)) for m in range(12)]

    services = [Service(f"s{n}", command="x", routes=routes(n)) for n in range(40)]
    gateway = Gateway("edge", users=Clerk(), fronts=services, cors=Cors(("https://*.example.com",)))
    backend = Backend("large", services, gateway)
    keep(backend, tmp_path)
    validate(bootstrap(backend, a_site(backend, tmp_path)), tmp_path)


def test_what_envoy_refuses_is_said_in_its_words(tmp_path):
    backend = a_backend()
    with pytest.raises(EnvoyRefused, match="does not exist"):
        validate(bootstrap(backend, a_site(backend, tmp_path)), tmp_path)


def test_the_same_description_gives_the_same_bytes():
    one, two = (to_json(bootstrap(a_backend(), a_site(a_backend()))) for _ in range(2))
    assert one == two
    assert json.loads(one)["node"] == {"id": "api-gateway", "cluster": "tried"}


def test_nothing_is_taken_for_granted_about_where_it_runs():
    text = to_json(bootstrap(a_backend(), a_site(a_backend())))
    assert "127.0.0.1" not in text
    assert "localhost" not in text
    assert '"admin"' not in text
    clusters = json.loads(text)["static_resources"]["clusters"]
    assert [each["name"] for each in clusters if each.get("type") == "STATIC"] == ["nowhere"]


JWT, ASKED, GUARD, ROLES = "envoy.filters.http.jwt_authn", "token-service:pat_", "envoy.filters.http.rbac", "roles"


def declared_in(backend):
    return {f"{service.name} {route}": route for service in backend.services for route in service.routes}


def off_in(route):
    return {name for name, config in (route.typed_per_filter_config or {}).items() if hasattr(config, "disabled")}


def test_a_route_leaves_out_only_what_it_does_not_need():
    backend = a_backend()
    declared = declared_in(backend)
    asked = {}
    for route in routes_of(bootstrap(backend, a_site(backend))):
        name, _, way = route.name.partition(" (")
        if name in declared:
            guards = off_in(route) & {JWT, ASKED, GUARD}
            asked.setdefault(name, []).append((way.rstrip(")"), guards))
            assert (ROLES in off_in(route)) == (not declared[name].roles)
    by_token, by_asking = ("", {ASKED}), (ASKED, {JWT})
    for name, route in declared.items():
        ways = {"public": [("", {JWT, ASKED, GUARD})], "user": [by_asking, by_token], "service": None}[route.access]
        assert asked.get(name) == ways


def test_only_declared_routes_lead_to_a_service():
    backend = a_backend()
    declared = declared_in(backend)
    for route in routes_of(bootstrap(backend, a_site(backend))):
        known = route.name.partition(" (")[0] in declared
        assert known or route.direct_response or route.route.cluster == "nowhere"


def test_every_body_is_measured_on_every_method():
    backend = a_backend()
    declared = declared_in(backend)
    for route in routes_of(bootstrap(backend, a_site(backend))):
        name = route.name.partition(" (")[0]
        if name in declared:
            assert "envoy.filters.http.buffer" not in off_in(route)


def test_the_filters_stand_in_their_order():
    backend = a_backend()
    assert filters_of(bootstrap(backend, a_site(backend))) == [
        "envoy.filters.http.cors",
        "envoy.filters.http.local_ratelimit",
        "envoy.filters.http.jwt_authn",
        "token-service:pat_",
        "envoy.filters.http.rbac",
        "roles",
        "envoy.filters.http.buffer",
        "envoy.filters.http.custom_response",
        "envoy.filters.http.router",
    ]


def test_without_providers_no_user_route_can_be_passed():
    backend = a_backend(users=[])
    configuration = bootstrap(backend, a_site(backend, values={}))
    guard = configuration.static_resources.listeners[0].filter_chains[0].filters[0].typed_config.http_filters[2]
    assert guard.typed_config.rules.policies == {}


def test_the_agent_is_told_whom_the_gateway_calls_and_for_what():
    backend = load(REWARDS)
    kept = plan(backend, a_site(backend))
    assert {token.audience: token.operations for token in kept.tokens} == {
        "auth-service": ("front",),
        "content-service": ("front",),
        "points-service": ("front",),
        "referral-service": ("front",),
        "token-service": ("front", "introspect"),
    }
    assert [keys.provider for keys in kept.key_sets] == ["clerk"]
    assert type(kept).from_json(kept.to_json()) == kept
    for service in backend.services:
        granted = {token.audience: token.operations for token in kept.tokens}[service.name]
        assert backend.callers(service)["api-gateway"] == granted


class Passport(IdentityProvider):
    pass


@pytest.mark.parametrize(
    ("backend", "values", "said"),
    [
        (Backend("headless"), {}, "has no gateway"),
        (a_backend(users=[Passport()]), {}, "does not support the provider Passport"),
        (a_backend(users=[Clerk()]), {}, "CLERK_ISSUER has no value"),
    ],
)
def test_what_cannot_be_rendered_is_said(backend, values, said):
    with pytest.raises(GatewayError, match=said):
        bootstrap(backend, a_site(backend, values=values))


def test_a_backend_without_a_gateway_has_no_plan():
    with pytest.raises(GatewayError, match="has no gateway"):
        plan(Backend("headless"), a_site(Backend("headless")))


def test_two_issuers_of_opaque_credentials_are_each_asked_about_their_own(tmp_path):
    asked = [Route.service("ANY", "/ask", "introspect")]
    one, two = (Service(name, command="x", routes=asked) for name in ("one", "two"))
    front = Service("front", command="x", routes=[Route.user("GET", "/v1/me")])
    users = [Introspection(one, "pat_", "/ask"), Introspection(two, "key+", "/ask")]
    backend = Backend("b", [one, two, front], Gateway("edge", users=users, fronts=[front]))
    keep(backend, tmp_path)
    configuration = bootstrap(backend, a_site(backend, tmp_path, values={}))
    validate(configuration, tmp_path)
    assert filters_of(configuration)[1:3] == ["one:pat_", "two:key+"]


def test_a_message_is_written_without_its_unset_fields():
    assert json.loads(written(overwrite("a", "b"))) == {
        "header": {"key": "a", "value": "b"},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    }


@pytest.mark.parametrize(("seconds", "text"), [(10.0, "10s"), (0.25, "0.25s"), (0.0001, "0.0001s"), (100, "100s")])
def test_a_duration_is_written_as_envoy_reads_it(seconds, text):
    assert duration(seconds) == text


def test_envoy_comes_with_the_wheel():
    assert binary().is_file()
