"""The layout of documents 000 and 001: six Workers under apps/, each with its entry and its wrangler.toml."""

import json
import tomllib

import jsonschema
import pytest

from npm import ROOT, node_modules

REWARDS = ROOT / "backends" / "rewards"
GATEWAY = "api-gateway"
SIX = (GATEWAY, "auth-service", "content-service", "referral-service", "token-service", "points-service")
# 000 §3, row by row: what each has at least.
VARS = {
    GATEWAY: {"AUTH_SERVICE_URL", "CONTENT_SERVICE_URL", "REFERRAL_SERVICE_URL", "POINTS_SERVICE_URL"},
    "auth-service": {"POINTS_SERVICE_URL", "REFERRAL_SERVICE_URL"},
    "content-service": {"POINTS_SERVICE_URL"},
    "points-service": {"POINTS_VELOCITY_CAP", "POINTS_VELOCITY_WINDOW_SECONDS"},
}
SECRETS = {
    GATEWAY: {"SERVICE_JWT_SECRET"},
    "auth-service": {"SERVICE_JWT_SECRET"},
    "content-service": {"SERVICE_JWT_SECRET", "DATABASE_URL"},
    "points-service": {"SERVICE_JWT_SECRET", "DATABASE_URL"},
    "referral-service": {"SERVICE_JWT_SECRET", "DATABASE_URL"},
}


def rendered(name):
    text = (REWARDS / "deploy" / "workers" / name / "wrangler.jsonc").read_text()
    return json.loads("\n".join(line for line in text.splitlines() if not line.startswith("//")))


def test_these_are_the_six_and_each_has_its_entry():
    assert {each.name for each in (REWARDS / "apps").iterdir()} == set(SIX)
    assert all((REWARDS / "apps" / name / "src" / "index.ts").is_file() for name in SIX)


@pytest.mark.parametrize("name", SIX)
def test_a_wrangler_toml_says_what_is_rendered_and_its_entry_is_guarded(name):
    said = tomllib.loads((REWARDS / "apps" / name / "wrangler.toml").read_text())
    main = "src/index.ts" if name == GATEWAY else f"../../deploy/workers/{name}/index.js"
    assert said == rendered(name) | {"main": main}
    assert (REWARDS / "apps" / name / main).resolve().is_file()


@pytest.mark.parametrize("name", SIX)
def test_the_settings_of_the_document_are_there(name):
    staging = rendered(name)["env"]["staging"]
    bindings = {f"{each['binding']}_URL" for each in staging["services"]}
    assert staging["vars"]["ENVIRONMENT"] == "staging"
    assert VARS.get(name, set()) <= staging["vars"].keys() | bindings
    assert SECRETS.get(name, set()) <= set(staging["secrets"]["required"])


def test_wranglers_own_schema_takes_every_file():
    schema = json.loads((node_modules() / "wrangler" / "config-schema.json").read_text())
    validator = jsonschema.Draft7Validator(schema)
    assert [(name, each.message) for name in SIX for each in validator.iter_errors(rendered(name))] == []
