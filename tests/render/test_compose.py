"""Compose files: what is rendered is what was meant, hardened, and without a secret."""

import re

import pytest
from hypothesis import HealthCheck, given, settings

import stead
from render.compose_files import BACKENDS, PLACES, ROOT, files_of, read, whole
from render.describing import backends
from stead.model import Backend, Environment, Health, Service
from stead.render.compose.context import ComposeContext
from stead.render.compose.file import compose_file
from stead.render.compose.order import reduced
from stead.render.compose.serialization import plain
from stead.render.compose.text import escaped
from stead.render.environment_alias import short
from stead.render.problem import RenderError
from stead.render.targets import generated


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(backends())
def test_base_and_overlay_together_are_the_whole_and_no_value_is_changed(backend):
    files = files_of(backend)
    for environment in backend.environments:
        found = whole(files, short(environment.name))
        assert found == plain(reduced(compose_file(backend, environment)))
        for service in ComposeContext(backend, environment).services:
            name = f"{service.name.upper()}_TEXT"
            meant = environment.values.get(service, service.values).get(name, service.values[name])
            assert found["services"][service.name]["environment"][name] == escaped(meant)


WELL = Health(probe=("ready", "--well"))


def test_an_only_environment_has_a_project_and_images_of_its_own():
    services = [
        Service("web", command="node main.js"),
        Service("ready", image=f"shop/ready:1@sha256:{64 * '0'}", health=WELL),
    ]
    files = files_of(Backend("shop", services=services, environments=[Environment("dev")]))
    base, dev = read(files["compose.yaml"]), read(files["compose.dev.yaml"])
    assert (base["name"], dev["name"]) == ("shop", "shop-dev")
    assert "image" not in base["services"]["web"]
    assert dev["services"]["web"]["image"] == "shop-web:${VERSION:-dev}"


def test_the_keys_of_a_program_are_its_proxys_alone():
    backend = stead.load(ROOT / "backends/polyglot")
    services = whole(files_of(backend), "prod")["services"]
    assert {mount["target"] for mount in services["orders-proxy-agent"]["secrets"]} == {
        "SERVICE_JWT_KEYS",
        "SERVICE_JWT_SECRET",
    }
    assert not {"secrets", "env_file"} & services["orders"].keys()


@pytest.mark.parametrize("name", BACKENDS)
def test_what_hardens_a_container_is_on_every_one(name):
    files = files_of(stead.load(ROOT / "backends" / name))
    for place in PLACES:
        for each in whole(files, place)["services"].values():
            assert each["read_only"] is True
            assert each["cap_drop"] == ["ALL"]
            assert each["security_opt"] == ["no-new-privileges:true"]
            assert re.fullmatch(r"\d+:\d+", each["user"])
            assert each["user"] != "0:0"
            assert all("size=" in mount for mount in each["tmpfs"])
            assert each["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
            assert each["logging"]["options"] == {"max-file": "5", "max-size": "10m"}
            assert each["ulimits"]["nofile"]
            assert each["restart"] in ("unless-stopped", "no")
            assert (each["restart"] == "no") == (each["healthcheck"] == {"disable": True})


@pytest.mark.parametrize("name", BACKENDS)
def test_every_image_of_others_is_by_tag_and_digest(name):
    files = files_of(stead.load(ROOT / "backends" / name))
    for each in whole(files, "prod")["services"].values():
        image = each["image"]
        assert re.search(r":[\w.-]+@sha256:[0-9a-f]{64}\}$", image) or image.startswith("${IMAGE_"), image


@pytest.mark.parametrize("name", BACKENDS)
def test_no_secret_is_in_a_file_and_each_process_is_handed_its_own(name):
    backend = stead.load(ROOT / "backends" / name)
    for environment in backend.environments:
        context = ComposeContext(backend, environment)
        secret = {wire.setting.name for wires in context.wires.values() for wire in wires if wire.setting.secret}
        for each in whole(files_of(backend), context.short)["services"].values():
            assert secret.isdisjoint(each.get("environment", {}))
            files = {path for name, path in each.get("environment", {}).items() if path and name.endswith("_FILE")}
            assert files <= {f"/run/secrets/{mount['target']}" for mount in each.get("secrets", ())}


def test_what_compose_cannot_keep_is_said_all_at_once():
    postgres = Service("postgres", app="a:b")
    pinned = Service("pinned", image="x@sha256:" + "0" * 64)
    outside = Service("outside", command="node x.js", folder="../elsewhere")
    places = [Environment("staging"), Environment("stage")]
    backend = Backend("shop", services=[postgres, pinned, outside], environments=places)
    with pytest.raises(RenderError) as caught:
        generated(backend)
    codes = [problem.code for problem in caught.value.problems]
    assert sorted(codes) == ["COMPOSE001", "COMPOSE002", "COMPOSE003", "DOCKER001"]
