"""Files for Oathkeeper: of the form of its published schema, one rule for each request, and no more let in."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from jsonschema import Draft7Validator

import stead
from cli.command import stead as command
from render.describing import backends
from stead.gateway.oathkeeper import access_rules
from stead.render.problem import RenderError
from stead.render.targets import generated

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((Path(__file__).parent / "schemas/oathkeeper.config.schema.json").read_text())
DESCRIPTION = """
from stead import Backend, Cors, Environment, Gateway, Kubernetes, Oidc, Route, Service

events = Service("events", command="node e.js", routes=[
    Route.public("GET", "/v1/events"), Route.user("GET", "/v1/events/{id}"), Route.user("GET", "/v1/files/list"),
    Route.user("ANY", "/v1/files/{path:path}"), Route.service("GET", "/v1/inner", "read")])
users = Oidc("https://id.example.com", audience="shop", keys="https://id.example.com/jwks.json")
backend = Backend("shop", services=[events], registry="r.example/shop",
    gateway=Gateway("edge", users=users, fronts=[events], cors=Cors(("https://app.example.com",)),
        prefix="/rest/{service}", engine="oathkeeper"),
    environments=[Environment("dev"), Environment("prod", kubernetes=Kubernetes("shop"))])
"""


def described(tmp_path, text=DESCRIPTION):
    (tmp_path / "backend.py").write_text(text)
    return stead.load(tmp_path)


def matching(rules, method, path):
    """Return the rules that Oathkeeper's engine `regexp` finds: what is in angle brackets is an expression."""
    found = []
    for rule in rules:
        parts = _parts(rule["match"]["url"])
        pattern = "".join(f"({part[1:-1]})" if part.startswith("<") else re.escape(part) for part in parts)
        if method in rule["match"]["methods"] and re.fullmatch(pattern, f"https://api.example.com{path}"):
            found.append(rule)
    return found


def _parts(url):
    """Cut a template at its angle brackets."""
    return [part for part in re.split(r"(<[^>]*>)", url) if part]


@pytest.mark.parametrize(
    ("method", "path", "handlers"),
    [
        ("GET", "/rest/events/v1/events", ["noop"]),
        ("GET", "/rest/events/v1/events/7", ["jwt"]),
        ("GET", "/rest/events/v1/files/list", ["jwt"]),
        ("PUT", "/rest/events/v1/files/list", None),
        ("PATCH", "/rest/events/v1/files/a/b", ["jwt"]),
        ("POST", "/rest/events/v1/events", None),
        ("GET", "/rest/events/v1/events/", None),
        ("GET", "/rest/events/v1/events/7/more", None),
        ("GET", "/rest/events/v1/inner", None),
        ("GET", "/v1/events", None),
        ("GET", "/rest/events/v1/eventsX", None),
        ("GET", "/rest/events/v1/events/7?x=/v1/events", None),
        ("GET", "/rest/eventsXv1/events", None),
    ],
)
def test_one_rule_is_for_each_request_and_none_for_what_is_not_outside(tmp_path, method, path, handlers):
    found = matching(access_rules(described(tmp_path), "http://edge:8080"), method, path)
    assert [[each["handler"] for each in rule["authenticators"]] for rule in found] == ([handlers] if handlers else [])


@settings(max_examples=30, deadline=None)
@given(backends())
def test_no_request_of_any_description_has_two_rules(backend):
    if backend.gateway is None:
        return
    rules = access_rules(backend, "http://edge:8080")
    assert len({rule["id"] for rule in rules}) == len(rules)
    for service in backend.gateway.fronts:
        for route in service.routes:
            path = backend.gateway.prefix_of(service) + re.sub(r"\{\w+(:path)?\}", "x", route.path)
            method = "GET" if route.method == "ANY" else route.method
            assert len(matching(rules, method, path)) == (0 if route.access == "service" else 1), (method, path)


def test_the_configuration_is_of_the_published_schema(tmp_path):
    files = generated(described(tmp_path), ["oathkeeper"])
    text = files["deploy/oathkeeper/prod/oathkeeper.yaml"]
    configuration = yaml.safe_load(text)
    assert list(Draft7Validator(SCHEMA).iter_errors(configuration)) == []
    verified = configuration["authenticators"]["jwt"]["config"]
    assert verified["trusted_issuers"] == ["https://id.example.com"]
    assert verified["target_audience"] == ["shop"]
    assert verified["allowed_algorithms"] == ["RS256"]
    assert configuration["serve"]["proxy"]["cors"]["allowed_origins"] == ["https://app.example.com"]
    rules = yaml.safe_load(files["deploy/oathkeeper/prod/rules.yaml"])
    assert {rule["upstream"]["url"] for rule in rules} == {"http://edge.shop.svc:8080"}
    held = yaml.safe_load(files["deploy/oathkeeper/prod/oathkeeper.configmap.yaml"])
    assert yaml.safe_load(held["data"]["rules.yaml"]) == rules
    assert "deploy/oathkeeper/dev/rules.yaml" not in files


def test_the_report_says_what_oathkeeper_does_not_keep():
    backend = stead.load(ROOT / "backends/rewards")
    gateway = replace(backend.gateway, engine="oathkeeper")
    found = replace(backend, gateway=gateway, environments=[backend.environments[0], backend.environments[2]])
    files = generated(found, ["oathkeeper"])
    report = files["deploy/oathkeeper/REPORT.md"]
    assert "problem+json" in report
    assert "passes Oathkeeper unverified" in report
    rules = yaml.safe_load(files["deploy/oathkeeper/prod/rules.yaml"])
    balance = next(rule for rule in rules if rule["id"] == "points-service:GET:/v1/points/balance")
    assert [each["handler"] for each in balance["authenticators"]] == ["jwt", "noop"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (', keys="https://id.example.com/jwks.json"', "", "OIDC_JWKS_URL is a discovery document"),
        ('Oidc("https://id.example.com"', 'Oidc(""', "OIDC_ISSUER has no value"),
    ],
)
def test_a_value_that_no_environment_gives_is_an_error_with_a_way_out(tmp_path, before, after, said):
    assert DESCRIPTION.count(before) == 1
    with pytest.raises(RenderError, match=said) as caught:
        generated(described(tmp_path, DESCRIPTION.replace(before, after)), ["oathkeeper"])
    (problem,) = caught.value.problems
    assert (problem.code, "values={" in problem.mend) == ("OATHKEEPER001", True)


def test_grpc_from_outside_is_an_error_at_its_route(tmp_path):
    program = """\nstock = Service("stock", command="run", routes=[
    Route.public("POST", "/shop.v1.Stock/Reserve", grpc=True)])\nbackend = """
    text = DESCRIPTION.replace("\nbackend = ", program).replace("fronts=[", "fronts=[stock, ")
    with pytest.raises(RenderError, match="is gRPC, which Oathkeeper does not forward") as caught:
        generated(described(tmp_path, text.replace("services=[", "services=[stock, ")), ["oathkeeper"])
    assert caught.value.problems[0].code == "OATHKEEPER002"


def test_an_engine_that_nobody_knows_is_an_error_in_the_description(tmp_path):
    (tmp_path / "backend.py").write_text(DESCRIPTION.replace('"oathkeeper"', '"nginx"'))
    done = command("check", folder=tmp_path)
    assert done.returncode == 1
    assert "GATEWAY009 the gateway has engine='nginx'" in done.stdout + done.stderr
