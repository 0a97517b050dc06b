"""Each name that a module gives to a resource is within the provider's limit, however long the description's names."""

import re

import pytest

from render.terraform.shop import shop
from render.terraform.test_clouds import CLOUDS
from stead.model import Backend, Bucket, Environment, ExternalSecrets, Infrastructure, Redis, Service
from stead.render.problem import RenderError
from stead.render.targets import generated
from stead.render.terraform.name import BUCKETS, of_bucket, of_module, shortened
from stead.render.terraform.provider import MODULES, PROVIDERS

RESOURCE = re.compile(r'^resource "(\w+)" "\w+" \{$(.*?)^\}', re.MULTILINE | re.DOTALL)
NAME = re.compile(r'^  (\w+) += (?:var\.name|"\$\{var\.name\}([^"]*)")$', re.MULTILINE)
LIMITS = {
    "aws_db_instance.final_snapshot_identifier": 255,
    "aws_db_instance.identifier": 63,
    "aws_db_parameter_group.name": 255,
    "aws_db_subnet_group.name": 255,
    "aws_ecr_repository.name": 256,
    "aws_eks_cluster.name": 100,
    "aws_eks_node_group.node_group_name": 63,
    "aws_elasticache_replication_group.replication_group_id": 40,
    "aws_elasticache_subnet_group.name": 255,
    "aws_iam_role.name": 64,
    "aws_iam_role_policy.name": 128,
    "aws_security_group.name": 255,
}
OTHERS = 63  # every name in Yandex Cloud and Timeweb Cloud
LONG = "backend-" * 7 + "x-" + "environment-" * 4


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_name_in_a_module_is_within_the_limit_of_its_provider(cloud):
    found = 0
    for kind in PROVIDERS[cloud].kinds:
        for type_, body in RESOURCE.findall((MODULES / cloud / kind / "main.tf").read_text()):
            for argument, suffix in NAME.findall(body):
                limit = LIMITS[f"{type_}.{argument}"] if cloud == "aws" else OTHERS
                assert len(of_module(cloud, kind, LONG) + suffix) <= limit, f"{kind}: {type_}.{argument}"
                found += 1
    assert found >= 5


def test_a_name_that_fits_stays_and_two_long_ones_stay_apart():
    assert shortened("shop-prod", 9) == "shop-prod"
    first, second = shortened(f"{LONG}a", 40), shortened(f"{LONG}b", 40)
    assert first != second
    assert all(re.fullmatch(r"[a-z]([a-z0-9]|-(?!-)){0,38}[a-z0-9]", each) for each in (first, second))
    assert of_module("aws", "network", "shop-prod") == "shop-prod"


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_whole_name_of_a_bucket_is_within_the_limit(cloud):
    assert of_bucket(cloud, "shop-prod-shop-orders") == "shop-prod-shop-orders"
    service = Service(
        "a-service-with-quite-a-long-name-as-people-do-like",
        command="node a.js",
        needs=[Bucket("UPLOADS_OF_CUSTOMERS_BUCKET_URL"), Bucket("UPLOADS_OF_COMPANIES_BUCKET_URL"), Redis()],
    )
    place = Environment("production", infrastructure=Infrastructure(cloud, state="s", external=("registry",)))
    backend = Backend("a-quite-long-backend-name", services=[service], environments=[place], registry="r.example/s")
    text = generated(backend, ["terraform"])["deploy/terraform/production/main.tf"]
    names = re.findall(r'= \{ name = "([^"]+)", versioned', text)
    assert len(set(names)) == 2
    assert all(len(name) <= BUCKETS[cloud] <= 63 for name in names)
    assert re.search(r'modules/\w+/redis"\n  name +=  *"a-quite-long-backend-name-', text)


@pytest.mark.parametrize("provider", ["aws", "yandex"])
def test_a_secret_whose_name_is_too_long_is_an_error_since_the_cluster_asks_for_that_name(provider):
    secrets = ExternalSecrets("store", "a/" * 260 + "b")
    with pytest.raises(RenderError) as caught:
        generated(shop({"prod": provider}, secrets=secrets), ["terraform"])
    (problem,) = (each for each in caught.value.problems if each.code == "TERRAFORM018")
    assert "postgres-databases has" in problem.message
    assert problem.place == secrets.where
    assert "ExternalSecrets(path=" in problem.mend


def test_the_names_of_a_short_description_are_as_before():
    text = generated(shop(), ["terraform"])["deploy/terraform/prod/main.tf"]
    assert set(re.findall(r'^  name +=  *"([^"]+)"', text, re.MULTILINE)) == {"shop-prod"}
    assert '"shop-orders-pictures-url" = { name = "shop-prod-shop-orders-pictures-url", versioned = true' in text
