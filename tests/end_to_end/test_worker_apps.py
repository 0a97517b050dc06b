"""The layout of documents 000 and 001: six Workers under apps/, each with its entry and its wrangler.toml."""

import json
import re
import tomllib

import jsonschema
import pytest

from npm import ROOT, node_modules

REWARDS = ROOT / "backends" / "rewards"
GATEWAY = "api-gateway"
SIX = (GATEWAY, "auth-service", "content-service", "referral-service", "token-service", "points-service")
COMMON = {"ENVIRONMENT": "var, required", "VERSION": "var, required"}
SIGNS = {"SERVICE_JWT_SECRET": "secret, required"}
# 000 §3, row by row, as the document has it.
DOCUMENT = {
    GATEWAY: {
        **COMMON,
        **dict.fromkeys(
            ("AUTH_SERVICE_URL", "CONTENT_SERVICE_URL", "REFERRAL_SERVICE_URL", "POINTS_SERVICE_URL"), "var, required"
        ),
        **SIGNS,
        "CLERK_JWT_SECRET": "secret, optional",
    },
    "auth-service": {
        **COMMON,
        **dict.fromkeys(("POINTS_SERVICE_URL", "REFERRAL_SERVICE_URL"), "var, required"),
        **SIGNS,
        **dict.fromkeys(("CLERK_WEBHOOK_SECRET", "DATABASE_URL"), "secret, optional"),
    },
    "content-service": {
        **COMMON,
        "POINTS_SERVICE_URL": "var, required",
        **SIGNS,
        "DATABASE_URL": "var or secret, required",
    },
    "token-service": COMMON,
    "points-service": {
        **COMMON,
        "DATABASE_URL": "var or secret, required",
        **SIGNS,
        **dict.fromkeys(("POINTS_VELOCITY_CAP", "POINTS_VELOCITY_WINDOW_SECONDS"), "var, optional"),
    },
    "referral-service": {**COMMON, "DATABASE_URL": "var or secret, required", **SIGNS},
}
ROW = re.compile(r"^\| `([a-z-]+)` \| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \| ([^|]*)\|$", re.MULTILINE)
DECISION = "0036-where-rewards-settings-differ.md"
BREAKS = {("optional", "required"), ("—", "required")}  # a deploy by the document alone would fail here


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


def rows():
    text = (ROOT / "docs" / "rewards.md").read_text().partition("## The settings of each Worker")[2]
    return [tuple(each.strip() for each in row) for row in ROW.findall(text)]


def given(name):
    """Return what a Worker is given in staging, by the words of the table."""
    plan = json.loads((REWARDS / "deploy" / "workers" / "deployment.json").read_text())["staging"]["workers"]
    asked = next(each for each in plan if each["service"] == name)
    return (
        dict.fromkeys(rendered(name)["env"]["staging"]["vars"], "var, in the file")
        | dict.fromkeys(asked["vars"], "var, required")
        | dict.fromkeys(asked["optional_secrets"], "secret, optional")
        | dict.fromkeys(asked["secrets"], "secret, required")
    )


@pytest.mark.parametrize("name", SIX)
def test_the_table_of_settings_is_what_is_rendered(name):
    table = {setting: here for worker, setting, _, here, _ in rows() if worker == name}
    there = given(name)
    assert table == {setting: there.get(setting) for setting in table}
    asked = {setting for setting, kind in there.items() if kind != "var, in the file"}
    assert asked <= table.keys()
    assert rendered(name)["env"]["staging"]["vars"]["ENVIRONMENT"] == "staging"
    bound = {each["binding"] for each in rendered(name)["env"]["staging"]["services"]}
    assert {each.removesuffix("_URL") for each in table if each.endswith("_SERVICE_URL")} <= bound


@pytest.mark.parametrize("name", SIX)
def test_the_table_has_every_row_of_the_document_and_says_why_it_is_another(name):
    table = {setting: (document, here, why) for worker, setting, document, here, why in rows() if worker == name}
    assert {setting: each[0] for setting, each in table.items() if each[0] != "—"} == DOCUMENT[name]
    decision = (ROOT / "docs" / "decisions" / DECISION).read_text()
    for setting, (document, here, why) in table.items():
        if (document.rpartition(", ")[2], here.rpartition(", ")[2]) in BREAKS and name != "token-service":
            assert f"(decisions/{DECISION})" in why, setting
            assert f"`{setting}`" in decision


def test_wranglers_own_schema_takes_every_file():
    schema = json.loads((node_modules() / "wrangler" / "config-schema.json").read_text())
    validator = jsonschema.Draft7Validator(schema)
    assert [(name, each.message) for name in SIX for each in validator.iter_errors(rendered(name))] == []
