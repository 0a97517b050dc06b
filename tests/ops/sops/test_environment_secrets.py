"""The sealed files of two environments: whom a rule is for, what a value may be, and commands at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml
from pyrage import x25519

from stead.model import load
from stead.ops.sops.environment_secrets import EnvironmentSecrets
from stead.ops.sops.error import SopsError, TamperedError
from stead.ops.sops.rules import Rules

ANN, BEN, EVE = (x25519.Identity.generate() for _ in range(3))
A, B, E = (str(each.to_public()) for each in (ANN, BEN, EVE))
DESCRIPTION = """
from stead import Backend, Environment, Route, Service, Setting

settings = [Setting(f"KEY_{number}", secret=True) for number in range(6)]
orders = Service("orders", app="shop:orders", settings=settings, routes=[Route.service("GET", "/v1/orders", "read")])
stock = Service("stock", app="shop:stock", calls=[orders.may("read")])
backend = Backend("shop", services=[orders, stock], environments=[Environment("staging"), Environment("prod-eu")])
"""


@pytest.fixture
def shop(tmp_path):
    """Return the secrets of staging and of production."""
    (tmp_path / "backend.py").write_text(DESCRIPTION)
    backend = load(tmp_path)
    return [EnvironmentSecrets(backend, each, tmp_path) for each in backend.environments]


def rules(shop):
    read = Rules.read(shop[0].folder)
    return [read.recipients(each.environment.name) for each in shop]


def test_the_recipients_of_one_environment_are_changed_and_no_others(shop):
    staging, prod = shop
    for each in shop:
        each.init([A, B])
    prod.recipients([E], [B], str(ANN))
    assert rules(shop) == [tuple(sorted((A, B))), tuple(sorted((A, E)))]
    staging.set("KEY_0", "a value", str(BEN))
    assert staging.get("KEY_0", str(BEN)) == "a value"
    with pytest.raises(SopsError, match="none of the given identities"):
        staging.get("KEY_0", str(EVE))


@pytest.mark.parametrize(
    "rule",
    [
        f"  - age: {A},{B}\n",
        f"- path_regex: deploy/sops/.*\n  age:\n    - {A}\n    - {B}\n- age: [{A}, {B}]\n",
        f"    - path_regex: \\.yaml$  # all of them\n      age: '{A},{B}'\n",
        f"  - path_regex: deploy/sops/(staging|prod-eu)\\.yaml$\n    age: {A},{B}\n",
    ],
)
def test_a_rule_for_many_files_stays_and_an_environment_gets_one_of_its_own_before_it(shop, rule):
    file = shop[0].folder / ".sops.yaml"
    file.write_text(f"# Ours.\ncreation_rules:\n{rule}")
    for each in shop:
        each.init([])
    shop[1].recipients([E], [B], str(ANN))
    assert rules(shop) == [tuple(sorted((A, B))), tuple(sorted((A, E)))]
    text = file.read_text()
    assert text.endswith(rule)
    assert yaml.safe_load(text)["creation_rules"][0]["path_regex"] == r"deploy/sops/prod\-eu\.yaml$"


@pytest.mark.parametrize("age", [f"[{A}, {B}]", f"\n      - {A}\n      - {B}", f'"{A},{B}"'])
def test_a_rule_of_its_own_keeps_its_form(shop, age):
    file = shop[0].folder / ".sops.yaml"
    after = "    unencrypted_suffix: _unencrypted\n"
    file.write_text(f"creation_rules:\n  - path_regex: deploy/sops/prod-eu\\.yaml$\n    age: {age}\n{after}")
    shop[1].init([A, E])
    assert rules(shop)[1] == tuple(sorted((A, E)))
    assert file.read_text().endswith(after)
    assert len(yaml.safe_load(file.read_text())["creation_rules"]) == 1


def test_values_that_are_set_at_once_are_all_there(shop):
    staging = shop[0]
    staging.init([A, B])
    names = [f"KEY_{number}" for number in range(6)]
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(lambda name: staging.set(name, name.lower(), str(ANN)), names))
    values = staging.values(str(ANN))
    assert {name: values.get(name) for name in names} == {name: name.lower() for name in names}


def test_a_value_is_what_sops_prints(shop):
    staging = shop[0]
    staging.init([A, B])
    document = staging.open(str(ANN))
    document.values |= {"KEY_0": 12345.0, "KEY_1": True, "KEY_2": 1000.0, "KEY_3": 7, "KEY_4": {"a": "b"}}
    document.values["KEY_5"] = 1e-7
    staging.file.write_text(document.written())
    assert [staging.get(f"KEY_{number}", str(ANN)) for number in range(4)] == ["12345", "true", "1000", "7"]
    assert staging.get("KEY_5", str(ANN)) == "0.0000001"
    with pytest.raises(SopsError, match="KEY_4 is a dict, and a secret is one text"):
        staging.values(str(ANN))


@pytest.mark.parametrize(("name", "value", "said"), [
    ("KEY_0", "", "the value of KEY_0 is empty"),
    ("stock.SERVICE_JWT_SECRET", "hello", "no Ed25519 key in the form of a JWK: stead secret rotate"),
])  # fmt: skip
def test_a_value_that_cannot_be_right_is_refused(shop, name, value, said):
    shop[0].init([A, B])
    with pytest.raises(SopsError, match=said):
        shop[0].set(name, value, str(ANN))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff\xfe", "is not text in UTF-8"),
        (b"a: x\nsops: {age: foo}\n", "sops.age is not a list of recipients"),
        (b"a: x\nsops: {age: [1]}\n", "sops.age is not a list of recipients"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(shop, text, said):
    shop[0].init([A, B])
    shop[0].file.write_bytes(text)
    with pytest.raises(SopsError, match=said):
        shop[0].get("KEY_0", str(ANN))


def test_a_changed_time_is_told_as_the_mac(shop):
    staging = shop[0]
    staging.init([A, B])
    text = staging.file.read_text()
    modified = yaml.safe_load(text)["sops"]["lastmodified"]
    staging.file.write_text(text.replace(str(modified), "2020-01-01T00:00:00Z"))
    with pytest.raises(TamperedError, match="the MAC or lastmodified was changed by hand"):
        staging.open(str(ANN))


def test_dates_that_are_none_are_passed_over(shop):
    staging = shop[0]
    staging.init([A, B])
    document = staging.open(str(ANN))
    document.values["changed_unencrypted"] = [1]
    staging.file.write_text(document.written())
    assert set(staging.changed().values()) == {""}
    staging.set("KEY_0", "a value", str(ANN))
    assert staging.changed()["KEY_0"]


def test_a_missing_rule_is_told_as_such(shop):
    shop[0].init([A, B])
    (shop[0].folder / ".sops.yaml").unlink()
    with pytest.raises(SopsError, match=r"no rule of \.sops\.yaml is for deploy/sops/staging\.yaml"):
        shop[0].set("KEY_0", "a value", str(ANN))


def test_a_key_of_ssh_is_told_as_such(shop):
    with pytest.raises(SopsError, match="a key of SSH is not supported"):
        shop[0].init([A, "ssh-ed25519 AAAA"])
