"""What a container in a cluster is told, and how its health is asked: apps, programs behind a proxy, workers."""

import json

import pytest

from render.kubernetes_objects import containers, objects, pods
from render.kubernetes_shop import SOURCES, shop
from stead.model import Backend, Environment, Health, Kubernetes, Route, Service


@pytest.fixture(params=SOURCES)
def found(request):
    return objects(shop(SOURCES[request.param], programs=request.param != "vault"))


def test_every_value_of_an_environment_is_a_text(found):
    for template in pods(found).values():
        for each in containers(template):
            assert all(isinstance(var.get("value", ""), str) for var in each.get("env", []))


def test_a_value_with_quotes_and_dollars_arrives_as_it_is(found):
    env = {var["name"]: var for var in containers(pods(found)["stock/stock.deployment.yaml"])[0]["env"]}
    assert env["GREETING"]["value"] == 'it\'s "$HOME" `x`'


def test_the_three_probes_ask_three_things(found):
    python = containers(pods(found)["orders/orders.deployment.yaml"])[0]
    assert python["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert python["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert python["startupProbe"]["failureThreshold"] * python["startupProbe"]["periodSeconds"] == 120
    for path, template in pods(found).items():
        for each in template["spec"]["containers"] if path.endswith("deployment.yaml") else ():
            assert each.get("livenessProbe") != each.get("readinessProbe") or "packer" in path, path


def test_a_program_is_reached_through_its_proxy_alone():
    found = objects(shop())
    template = pods(found)["mail/mail.deployment.yaml"]
    agent, proxy, mail = containers(template)
    assert (agent["restartPolicy"], proxy["restartPolicy"]) == ("Always", "Always")
    assert agent["args"][:4] == ["stead.gateway.proxy.start", "/app/backend.py", "mail", "/run/proxy"]
    assert agent["args"][4:] == ["--program", "127.0.0.1:8001"]
    assert proxy["ports"] == [{"name": "http", "containerPort": 8000, "protocol": "TCP"}]
    told = {var["name"]: var.get("value") for var in mail["env"]}
    assert (told["HOST"], told["PORT"]) == ("127.0.0.1", "8001")
    assert "ports" not in mail
    assert found["mail/mail.service.yaml"]["spec"]["ports"][0]["targetPort"] == 8000


def test_the_keys_of_a_program_are_its_proxys():
    agent, _, mail = containers(pods(objects(shop()))["mail/mail.deployment.yaml"])
    assert "SERVICE_JWT_KEYS_FILE" in {var["name"] for var in agent["env"]}
    assert not [var["name"] for var in mail["env"] if var["name"].startswith("SERVICE_JWT")]


def test_a_program_asks_its_callees_on_its_own_loopback():
    agent, _, packer = containers(pods(objects(shop()))["packer/packer.deployment.yaml"])
    assert {"name": "ORDERS_SERVICE_URL", "value": "http://127.0.0.1:9101"} in packer["env"]
    assert {"name": "ORDERS_SERVICE_URL", "value": "http://orders:8000"} in agent["env"]


def test_a_program_of_one_health_path_is_restarted_later_than_it_is_left_out():
    mail = containers(pods(objects(shop()))["mail/mail.deployment.yaml"])[-1]
    assert mail["readinessProbe"]["httpGet"]["path"] == "/healthz"
    patience = {name: mail[name]["failureThreshold"] * mail[name]["periodSeconds"] for name in mail if "Probe" in name}
    assert patience == {"startupProbe": 30, "livenessProbe": 120, "readinessProbe": 10}


def test_health_by_grpc_is_asked_by_the_kubelet_through_the_proxy():
    health = Health(grpc=True)
    service = Service("stock", image=f"example.com/stock@sha256:{'1' * 64}", health=health)
    backend = Backend("shop", [service], environments=[Environment("prod", kubernetes=Kubernetes("shop"))])
    stock = containers(pods(objects(backend))["stock/stock.deployment.yaml"])[-1]
    probes = [stock[name]["grpc"] for name in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert probes == [{"port": 8000}] * 3


def test_health_by_tcp_is_asked_in_the_programs_own_container():
    service = Service("stock", image=f"example.com/stock@sha256:{'1' * 64}", health=Health(tcp=True))
    backend = Backend("shop", [service], environments=[Environment("prod", kubernetes=Kubernetes("shop"))])
    stock = containers(pods(objects(backend))["stock/stock.deployment.yaml"])[-1]
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert stock[name]["exec"]["command"] == ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8001"]


def test_a_worker_has_neither_a_service_nor_a_probe():
    found = objects(shop())
    assert "packer/packer.service.yaml" not in found
    packer = containers(pods(found)["packer/packer.deployment.yaml"])[-1]
    assert not [name for name in packer if "Probe" in name]


def test_a_front_end_is_an_app_that_is_told_its_folder_and_its_routes():
    web = Service("web", static="web/dist", routes=[Route.public("GET", "/{path:path}")])
    prod = Environment("prod", kubernetes=Kubernetes("shop"))
    found = objects(Backend("shop", services=[web], environments=[prod], registry="ghcr.io/example"))
    [container] = containers(pods(found)["web/web.deployment.yaml"])
    assert container["args"] == ["stead.kit.serve", "stead.kit.static_files:app"]
    told = {each["name"]: each.get("value") for each in container["env"]}
    assert told["STATIC_FOLDER"] == "web/dist"
    assert json.loads(told["SERVICE_ROUTES"]) == [{"method": "GET", "path": "/{path:path}", "access": "public"}]
