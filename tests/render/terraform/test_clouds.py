"""Terraform validates, plans and applies the files of each cloud, against a provider with that cloud's schemas."""

import json
import re
import shutil

import pytest

from render.terraform import schema
from render.terraform.provider import served
from render.terraform.shop import asked_for, shop, terraform
from stead.render.problem import RenderError
from stead.render.targets import generated
from stead.render.terraform.provider import MODULES, PROVIDERS

CLOUDS = ("aws", "timeweb", "yandex")
REGISTRY = "registry.terraform.io/"
OWN_STATE = 'terraform {\n  backend "local" {\n    path = "terraform.tfstate"\n  }\n}\n'


def backend(cloud):
    """Return a backend in one environment of a cloud: what Timeweb Cloud has no resource for is made elsewhere."""
    if cloud == "timeweb":
        return shop({"prod": cloud}, bucket={}, external=("registry", "secrets"))
    return shop({"prod": cloud})


@pytest.fixture(scope="module")
def reach(tmp_path_factory):
    sources = {cloud: _address(PROVIDERS[cloud].source) for cloud in CLOUDS} | {"random": f"{REGISTRY}hashicorp/random"}
    with served(sources, tmp_path_factory.mktemp("p")) as found:
        yield found


def _address(source):
    return source if source.count("/") == 2 else REGISTRY + source


@pytest.fixture(scope="module", params=CLOUDS)
def applied(request, tmp_path_factory, reach):
    """A cloud's environment, applied: what its second plan said, its outputs, its state, its folder."""
    root = tmp_path_factory.mktemp(request.param)
    for path, text in generated(backend(request.param), ["terraform"]).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    folder = root / "deploy/terraform/prod"
    (folder / "state_override.tf").write_text(OWN_STATE)  # the bucket of the state is not to be had here
    shutil.copy(folder / "terraform.tfvars.example", folder / "terraform.tfvars")
    for words in (("init", "-input=false"), ("validate",), ("apply", "-input=false", "-auto-approve")):
        status, text = terraform(folder, *words, reach=reach)
        assert status == 0, text
    return request.param, folder


def test_a_cloud_is_validated_planned_and_applied_and_gives_every_output(applied, reach):
    cloud, folder = applied
    found = {name: each["value"] for name, each in json.loads(terraform(folder, "output", "-json")[1]).items()}
    kinds = {kind for kind in PROVIDERS[cloud].kinds if any(name.startswith(f"{kind}_") for name in found)}
    assert kinds == set(PROVIDERS[cloud].kinds)
    assert all(value not in ("", None, {}) for value in found.values()), found
    assert found["dns_host"] == "prod.example.com"


def test_a_second_plan_of_a_cloud_changes_nothing(applied, reach):
    _, folder = applied
    status, text = terraform(folder, "plan", "-input=false", "-detailed-exitcode", reach=reach)
    assert status == 0, text


def test_the_data_of_a_cloud_is_not_destroyed(applied, reach):
    _, folder = applied
    status, text = terraform(folder, "plan", "-destroy", "-input=false", reach=reach)
    assert (status, "prevent_destroy" in text) == (1, True)


def test_no_password_is_in_the_state_of_a_cloud(applied):
    _, folder = applied
    state = json.loads((folder / "terraform.tfstate").read_text())
    values = [
        (each["type"], name)
        for each in state["resources"]
        if each["mode"] == "managed"
        for instance in each["instances"]
        for name, value in instance["attributes"].items()
        if value and re.search("password", name) and not re.search("_version$|^manage_|^generate_", name)
    ]
    assert values == []


def test_a_cloud_has_its_secrets_under_the_keys_that_the_cluster_asks_for(applied):
    cloud, folder = applied
    made = {each["name"] for each in instances(folder, "aws_secretsmanager_secret", "yandex_lockbox_secret")}
    assert made == (asked_for(backend(cloud), "prod") if "secrets" in PROVIDERS[cloud].kinds else set())
    assert made or cloud == "timeweb"


def instances(folder, *types):
    """Return the attributes of each instance of these types of resources in the state."""
    state = json.loads((folder / "terraform.tfstate").read_text())
    managed = [each for each in state["resources"] if each["mode"] == "managed" and each["type"] in types]
    return [instance["attributes"] for each in managed for instance in each["instances"]]


def test_an_argument_that_a_cloud_does_not_know_is_refused(reach, tmp_path):
    """The schemas are looked at: a module with a wrong word in it does not validate."""
    folder = tmp_path / "network"
    shutil.copytree(MODULES / "timeweb/network", folder)
    main = folder / "main.tf"
    main.write_text(main.read_text().replace("location ", "locaton "))
    assert terraform(folder, "init", "-input=false", reach=reach)[0] == 0
    status, text = terraform(folder, "validate", reach=reach)
    assert status == 1
    assert 'An argument named "locaton" is not expected here' in text
    assert 'The argument "location" is required' in text


@pytest.mark.parametrize("kind", ["registry", "secrets"])
def test_what_a_provider_has_no_resource_for_is_an_error_with_what_to_do_instead(kind):
    others = {"registry", "secrets"} - {kind}
    with pytest.raises(RenderError) as caught:
        generated(shop({"prod": "timeweb"}, bucket={}, external=tuple(others)), ["terraform"])
    (problem,) = caught.value.problems
    assert problem.code == "TERRAFORM012"
    assert f"prod needs {kind}, for which timeweb has no module" in problem.message
    assert (
        f"use another provider: aws, local, yandex; or create it yourself, and set external=('{kind}',)" in problem.mend
    )


def test_a_bucket_with_what_a_provider_cannot_give_is_an_error():
    with pytest.raises(RenderError) as caught:
        generated(shop({"prod": "timeweb"}, external=("registry", "secrets")), ["terraform"])
    (problem,) = caught.value.problems
    assert problem.code == "TERRAFORM016"
    assert "has versioned and expire_days, which timeweb does not support" in problem.message
    assert "aws, local, yandex" in problem.mend


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_resource_of_a_module_has_its_schema(cloud):
    used = set()
    for file in (MODULES / cloud).rglob("main.tf"):
        used |= set(re.findall(r'^(?:resource|data) "(\w+)"', file.read_text(), re.MULTILINE))
    described = schema.read(cloud)
    assert used == described["resources"].keys() | described["data"].keys()
