"""A program in any language reads its secrets from files, without a shell, where it says that it can."""

from dataclasses import replace

import pytest
import yaml

from render.kubernetes_objects import containers, objects, pods
from render.kubernetes_shop import shop
from stead.model import (
    Backend,
    Environment,
    Gateway,
    Health,
    Job,
    Kubernetes,
    Postgres,
    Route,
    Server,
    Service,
    Setting,
    Vault,
)
from stead.model.validation import problems as described
from stead.render.compose.file import compose_file
from stead.render.kubernetes import problems
from stead.render.targets import generated

IMAGE = f"registry.example.com/archive/api@sha256:{'7' * 64}"
DOCUMENTS = {"postgres": ["DATABASE_URL"]}


def archive(source=None, **words):
    """An image of another language, its words, and a job of the same image."""
    database = Postgres()
    how = {"image": IMAGE, "needs": [database], "secret_files": True} | words
    api = Service(
        "api",
        command=["node"],
        args=["dist/apps/api/src/main.js"],
        health=Health(probe=("node", "probe.js")),
        settings=[Setting("PARTNER_KEY", secret=True), Setting("PARTNER_TOKEN", secret=True, default="")],
        routes=[Route.user("GET", "/v1/things")],
        **how,
    )
    sync = Job("sync", command=["node"], args=["dist/apps/sync/src/main.js"], **how)
    base = shop(source)
    cluster = replace(
        base.environments[1].kubernetes, autoscale={}, egress={}, servers={"postgres": Server(5432, "db")}
    )
    return Backend(
        "archive",
        gateway=Gateway("edge", users=base.gateway.users, fronts=[api]),
        services=[api],
        jobs=[sync],
        environments=[Environment("dev"), Environment("prod", kubernetes=cluster)],
        registry="registry.example.com/archive",
    )


def vault():
    return Vault("archive/prod", documents=DOCUMENTS)


@pytest.mark.parametrize(("path", "main"), [("api/api.deployment.yaml", "api"), ("sync/sync.job.yaml", "sync")])
def test_an_image_of_another_language_reads_the_files_of_vaults_agent(path, main):
    backend = archive(vault())
    assert (described(backend), list(problems(backend))) == ([], [])
    template = pods(objects(backend))[path]
    program = next(each for each in containers(template) if each["name"] == main)
    assert (program["image"], program["command"]) == (IMAGE, ["node"])
    assert program["args"] == [f"dist/apps/{main}/src/main.js"]
    assert not [word for word in (*program["command"], *program["args"]) if word.endswith("sh") or word == "-c"]
    env = {var["name"]: var.get("value") for var in program["env"]}
    assert env["DATABASE_URL_FILE"] == "/vault/secrets/DATABASE_URL"
    assert "DATABASE_URL" not in env
    notes = template["metadata"]["annotations"]
    assert notes["vault.hashicorp.com/agent-inject-secret-DATABASE_URL"] == "kv/data/archive/prod/postgres"


def test_a_program_beside_its_proxy_is_given_its_own_files_and_not_the_proxys_keys():
    template = pods(objects(archive()))["api/api.deployment.yaml"]
    program = containers(template)[-1]
    [mount] = [each for each in program["volumeMounts"] if each["mountPath"] == "/run/secrets/stead"]
    volume = next(each for each in template["spec"]["volumes"] if each["name"] == mount["name"])
    keys = {item["key"] for item in volume["secret"]["items"]}
    assert keys == {"DATABASE_URL", "PARTNER_KEY", "PARTNER_TOKEN"}
    assert volume["secret"]["optional"] is True  # of a Secret without PARTNER_TOKEN, the other two are there
    assert {var["name"] for var in program["env"] if var["name"].endswith("_FILE")} == {f"{key}_FILE" for key in keys}


def test_a_program_that_signs_by_itself_is_given_its_key_and_not_the_keyring():
    stock = Service("stock", image=IMAGE, routes=[Route.service("GET", "/v1/stock", "read")])
    shop = Service("shop", image=IMAGE, calls=[stock.may("read")], signs=True, secret_files=True)
    other = Service("other", image=IMAGE, calls=[stock.may("read")], secret_files=True)
    backend = Backend("shop", [stock, shop, other], environments=[Environment("prod", kubernetes=Kubernetes("shop"))])
    files = compose_file(backend, Environment("prod")).services
    names = {name: {each.source for each in files[name].secrets} for name in ("shop", "other", "shop-proxy-agent")}
    assert (names["shop"], names["other"]) == ({"shop.SERVICE_JWT_SECRET"}, set())
    assert "shop.SERVICE_JWT_SECRET" in names["shop-proxy-agent"]
    pod = containers(pods(objects(backend))["shop/shop.deployment.yaml"])[-1]
    told = {each["name"] for each in pod["env"]}
    assert ("SERVICE_JWT_SECRET_FILE" in told, "SERVICE_JWT_KEYS_FILE" in told) == (True, False)


def test_compose_gives_the_same_program_the_same_files():
    backend = archive()
    document = yaml.safe_load(generated(backend)["deploy/compose/compose.yaml"])["services"]["api"]
    assert document["environment"]["PARTNER_KEY_FILE"] == "/run/secrets/PARTNER_KEY"
    assert "env_file" not in document
    assert not [name for name in document["environment"] if name.startswith("SERVICE_JWT")]


def test_a_program_that_reads_its_environment_is_told_both_ways_out():
    [first, _] = problems(archive(vault(), secret_files=False))
    assert first.code == "KUBERNETES015"
    assert "Service(…, secret_files=True)" in first.mend
