"""Terraform itself formats, validates, plans and applies what is rendered; the providers have one interface."""

import fcntl
import json
import re
import shutil

import pytest

from render.terraform import shop as shop_module
from render.terraform.shop import asked_for, shop, terraform
from stead.render.problem import RenderError
from stead.render.targets import generated
from stead.render.terraform.hcl import Attribute, Block, Raw, written
from stead.render.terraform.provider import MODULES, PROVIDERS
from stead.render.terraform.root import OUTPUTS

SHOP = shop_module.__file__


@pytest.fixture(scope="module")
def deploy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    for path, text in generated(shop(), ["terraform"]).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder / "deploy" / "terraform"


def test_every_file_is_as_terraform_fmt_leaves_it(deploy):
    assert terraform(deploy, "fmt", "-check", "-recursive", "-diff") == (0, "")
    assert terraform(MODULES, "fmt", "-check", "-recursive") == (0, "")


def test_the_local_servers_are_validated_planned_and_applied_and_data_is_not_destroyed(deploy):
    folder = deploy / "dev"
    assert terraform(folder, "init", "-input=false")[0] == 0
    assert terraform(folder, "validate")[0] == 0
    status, said = terraform(folder, "plan", "-input=false")
    assert (status, "No value for required variable" in said) == (1, True)
    shutil.copy(folder / "terraform.tfvars.example", folder / "terraform.tfvars")
    status, said = terraform(folder, "apply", "-input=false", "-auto-approve")
    assert status == 0, said
    found = {name: each["value"] for name, each in json.loads(terraform(folder, "output", "-json")[1]).items()}
    assert found["postgres_port"] == 5432
    assert all(name.startswith("shop-dev-") for name in found["buckets_names"].values())
    assert set(found["secrets_names"]) == {f"shop/dev/{name}" for name in ("edge", "orders", "postgres-databases")}
    assert set(found["secrets_names"].values()) == asked_for(shop(), "dev")
    assert found["dns_host"] == "dev.example.com"
    status, said = terraform(folder, "plan", "-input=false", "-detailed-exitcode")
    assert status == 0, f"a second plan changes nothing: {said}"
    status, said = terraform(folder, "destroy", "-input=false", "-auto-approve")
    assert (status, "prevent_destroy" in said) == (1, True)
    with (folder / "terraform.tfstate").open("r+") as state:
        fcntl.lockf(state, fcntl.LOCK_EX)
        status, said = terraform(folder, "plan", "-input=false")
        assert (status, "state lock" in said) == (1, True)


def interface(folder):
    pattern = r'variable "(\w+)" \{\n  description = "[^"]+"\n  type +(= .*)\n\}'
    variables = dict(re.findall(pattern, (folder / "variables.tf").read_text()))
    return variables, set(re.findall(r'output "(\w+)" \{', (folder / "outputs.tf").read_text()))


@pytest.mark.parametrize("kind", PROVIDERS["local"].kinds)
def test_each_provider_has_the_same_interface(kind):
    found = {name: interface(MODULES / name / kind) for name in PROVIDERS if kind in PROVIDERS[name].kinds}
    lacking = {name for name, provider in PROVIDERS.items() if kind not in provider.kinds}
    assert lacking == ({"timeweb"} if kind in ("registry", "secrets") else set())
    for provider, (variables, outputs) in found.items():
        placed = {"region"} if kind in PROVIDERS[provider].placed else set()
        assert variables.keys() - placed == found["local"][0].keys(), provider
        assert outputs == found["local"][1], provider
    assert found["local"][1] >= set(OUTPUTS[kind])


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("kind", ["buckets", "cluster", "postgres", "redis", "secrets"])
def test_data_is_not_destroyed_and_no_password_is_in_the_state(provider, kind):
    if kind not in PROVIDERS[provider].kinds:
        assert (provider, kind) == ("timeweb", "secrets")
        return
    text = (MODULES / provider / kind / "main.tf").read_text()
    assert "prevent_destroy = true" in text
    assert not re.search(r"^\s*password\s*=", text, re.MULTILINE)


def test_the_state_of_a_cloud_is_in_a_bucket_with_a_lock(deploy):
    for name in ("staging", "prod"):
        text = (deploy / name / "versions.tf").read_text()
        assert 'backend "s3"' in text
        assert re.search(r"use_lockfile +=\s*true", text)
        assert re.search(rf'key +=\s*"shop/{name}\.tfstate"', text)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"provider": "gcp"}, "TERRAFORM010"),
        ({"state": ""}, "TERRAFORM011"),
        ({"sizes": {"mail": "big"}}, "TERRAFORM013"),
        ({"nodes": 0}, "TERRAFORM013"),
        ({"cidr": "10.20.0.1/16"}, "TERRAFORM014"),
        ({"cidr": "8.8.0.0/16"}, "TERRAFORM014"),
        ({"cidr": "fd00::/16"}, "TERRAFORM014"),
        ({"cidr": "127.0.0.0/16"}, "TERRAFORM014"),
        ({"cidr": "0.0.0.0/8"}, "TERRAFORM014"),
        ({"cidr": "169.254.0.0/16"}, "TERRAFORM014"),
        ({"cidr": "10.0.0.0/8"}, "TERRAFORM014"),
        ({"cidr": "10.20.0.0/25"}, "TERRAFORM014"),
        ({"cidr": "10.112.0.0/16"}, "TERRAFORM014"),  # the Pods of Yandex Cloud's cluster
        ({"sizes": {"postgres": ""}}, "TERRAFORM013"),
        ({"state": "  "}, "TERRAFORM019"),
        ({"region": "eu central"}, "TERRAFORM019"),
        ({"dns_zone": " example.com"}, "TERRAFORM019"),
        ({"dns_zone": "example.org"}, "TERRAFORM015"),
        ({"external": ("registri",)}, "TERRAFORM017"),
        ({"external": ("network",)}, "TERRAFORM017"),
    ],
)
def test_what_cannot_be_made_is_a_problem_with_its_place(changes, code):
    with pytest.raises(RenderError) as caught:
        generated(shop(**changes), ["terraform"])
    problems = [each for each in caught.value.problems if each.code == code]
    assert problems
    assert all(each.mend and each.place.file == SHOP for each in problems)


@pytest.mark.parametrize("cidr", ["10.20.0.0/16", "172.31.0.0/24", "192.168.0.0/16"])
def test_a_private_network_of_a_size_that_clouds_make_is_rendered(cidr):
    assert f'"{cidr}"' in generated(shop(cidr=cidr), ["terraform"])["deploy/terraform/prod/main.tf"]


def test_the_networks_inside_a_cluster_are_those_of_its_module():
    text = (MODULES / "yandex/cluster/main.tf").read_text()
    assert set(re.findall(r'^  (?:pods|services) += "(.+)"', text, re.MULTILINE)) == set(PROVIDERS["yandex"].inside)


def test_a_need_without_a_module_names_the_providers_that_have_one(monkeypatch):
    monkeypatch.setattr(type(PROVIDERS["aws"]), "kinds", property(lambda self: ("network",) if self.name == "aws" else
        tuple(OUTPUTS)))  # fmt: skip
    with pytest.raises(RenderError) as caught:
        generated(shop(), ["terraform"])
    said = [str(each) for each in caught.value.problems if each.code == "TERRAFORM012"]
    assert any("prod needs redis, for which aws has no module" in each for each in said)


def test_a_text_is_never_an_expression_and_lines_are_aligned():
    body = (Attribute("a", '${evil} %{if} "x"'), Attribute("long", Raw("var.x")), Attribute("map", {"k": [1, True]}))
    assert written([Block("x", ("y",), body), Block("z")]) == (
        'x "y" {\n  a    = "$${evil} %%{if} \\"x\\""\n  long = var.x\n\n  map = {\n    k = [1, true]\n  }\n}\n\nz {}\n'
    )
