"""What is rendered for a cluster is accepted there, is hardened, and can be rolled out, drained and rolled back."""

import cProfile
import json
import time
from pathlib import Path

import pytest
import yaml

import stead
from render import kubernetes_schemas as schemas
from render.kubernetes_shop import SOURCES, shop
from stead.model import Backend, Environment, Gateway, Health, Kubernetes, Postgres, Route, Server, Service
from stead.render.kubernetes import files, release
from stead.render.kubernetes.workload import Deployment
from stead.render.targets import generated

ROOT = Path(__file__).parents[2]
SIX = {"name", "instance", "version", "component", "part-of", "managed-by"}


def objects(backend, environment="prod"):
    """Every object of one environment, by its path below the environment's folder."""
    prefix = f"kubernetes/{environment}/"
    texts = {path.removeprefix(prefix): text for path, text in files(backend).items() if path.startswith(prefix)}
    return {path: yaml.safe_load(text) for path, text in texts.items() if path.endswith(".yaml")}


def pods(found):
    """Every template of a Pod, by its object's path."""
    jobs = {path: each["spec"]["jobTemplate"]["spec"] for path, each in found.items() if each["kind"] == "CronJob"}
    others = {path: each["spec"] for path, each in found.items() if each["kind"] in ("Deployment", "Job")}
    return {path: spec["template"] for path, spec in (others | jobs).items()}


def containers(template):
    return [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]


@pytest.fixture(params=SOURCES)
def found(request):
    return objects(shop(SOURCES[request.param], programs=request.param != "vault"))


@pytest.mark.parametrize("version", schemas.VERSIONS)
def test_the_schemas_of_the_api_accept_every_object(found, version):
    assert sum(schemas.accepts(each, version) for each in found.values()) > 20


def test_files_are_named_after_their_service_and_kind(found):
    assert {
        "stock/stock.serviceaccount.yaml",
        "stock/stock.deployment.yaml",
        "stock/stock.service.yaml",
        "stock/stock.networkpolicy.yaml",
        "stock/stock.hpa.yaml",
        "stock/stock.pdb.yaml",
        "stock/stock.app.yaml",
        "seed/seed.job.yaml",
        "edge/edge.httproute.yaml",
        "common/shop.namespace.yaml",
    } <= found.keys()


def test_each_container_is_hardened_as_the_restricted_standard_wants(found):
    for template in pods(found).values():
        assert template["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert template["spec"]["automountServiceAccountToken"] is False
        for each in containers(template):
            context = each["securityContext"]
            assert context["runAsNonRoot"]
            assert context["readOnlyRootFilesystem"]
            assert context["runAsUser"] > 10_000
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert not context["allowPrivilegeEscalation"]
            assert {"cpu", "memory", "ephemeral-storage"} <= each["resources"]["requests"].keys()
            assert each["resources"]["requests"]["memory"] == each["resources"]["limits"]["memory"]
            assert "@sha256:" in each["image"]


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


def test_a_job_with_a_schedule_never_runs_twice_at_once(found):
    spec = found["sweep/sweep.cronjob.yaml"]["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["concurrencyPolicy"]) == ("*/5 * * * *", "UTC", "Forbid")
    assert "argocd.argoproj.io/hook" not in found["sweep/sweep.cronjob.yaml"]["metadata"]["annotations"]


def test_no_replicas_are_said_beside_an_autoscaler(found):
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in found.values() if each["kind"].startswith("Horiz")}
    for each in found.values():
        if each["kind"] == "Deployment":
            assert ("replicas" in each["spec"]) != (each["metadata"]["name"] in scaled)


def test_a_drain_can_take_one_pod_and_never_the_only_one(found):
    budgets = {
        each["metadata"]["name"]: each["spec"] for each in found.values() if each["kind"] == "PodDisruptionBudget"
    }
    assert set(budgets) == {"edge", "orders", "stock"}
    assert all(budget["maxUnavailable"] == 1 for budget in budgets.values())


def test_replicas_are_kept_apart_by_node_where_that_is_possible(found):
    for path, template in pods(found).items():
        affinity = template["spec"].get("affinity")
        assert (affinity is not None) == (path.split("/")[0] in {"edge", "orders", "stock"}), path
        if affinity:
            [choice] = affinity["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
            assert choice["podAffinityTerm"]["topologyKey"] == "kubernetes.io/hostname"
            assert choice["podAffinityTerm"]["labelSelector"]["matchLabels"].items() <= (
                template["metadata"]["labels"].items()
            )


def test_a_selector_never_changes_with_a_version(monkeypatch):
    first = objects(shop())
    monkeypatch.setattr(release, "read", lambda *_: release.Release("2.0.0", {"python": f"sha256:{'2' * 64}"}))
    second = objects(shop())
    for path, each in first.items():
        if each["kind"] == "Deployment":
            assert each["spec"]["selector"] == second[path]["spec"]["selector"]
            assert (
                each["spec"]["template"]["metadata"]["labels"] != second[path]["spec"]["template"]["metadata"]["labels"]
            )


def test_every_object_has_the_six_labels(found):
    for path, each in found.items():
        labels = {label.removeprefix("app.kubernetes.io/") for label in each["metadata"].get("labels", {})}
        assert labels >= SIX or each["kind"] in ("Namespace", "Application", "AppProject"), path


def test_jobs_are_sync_hooks_in_waves_around_the_services(found):
    waves = {}
    for each in found.values():
        notes = each["metadata"].get("annotations", {})
        if each["kind"] == "Job":
            assert notes["argocd.argoproj.io/hook"] == "Sync"
            assert notes["argocd.argoproj.io/hook-delete-policy"] == "BeforeHookCreation"
        if each["kind"] in ("Job", "Deployment"):
            waves[each["metadata"]["name"]] = int(notes["argocd.argoproj.io/sync-wave"])
    assert waves["postgres-databases"] < waves["seed"] < waves["orders"] < waves["report"]
    early = [each for each in found.values() if each["kind"] in ("ServiceAccount", "NetworkPolicy", "Namespace")]
    assert {each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] for each in early} == {"-1"}


def test_nothing_but_the_gateway_is_reached_from_outside(found):
    assert {each["spec"]["type"] for each in found.values() if each["kind"] == "Service"} == {"ClusterIP"}
    routes = [each for each in found.values() if each["kind"] == "HTTPRoute"]
    assert [ref["name"] for each in routes for rule in each["spec"]["rules"] for ref in rule["backendRefs"]] == ["edge"]
    assert routes[0]["spec"]["rules"][0]["timeouts"] == {"request": "13s"}


def edge_waits(*routes):
    """How long the cluster's Gateway waits for a backend with these routes."""
    api = Service("api", app="a:b", routes=routes)
    cluster = Kubernetes("n", host="a.example.com", gateway="gateways/public")
    backend = Backend(
        "b",
        gateway=Gateway("edge", fronts=[api]),
        services=[api],
        environments=[Environment("prod", kubernetes=cluster)],
    )
    return objects(backend)["edge/edge.httproute.yaml"]["spec"]["rules"][0]["timeouts"]["request"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.5, "1s500ms"), (2, "3s"), (99, "1m40s"), (120, "2m1s"), (3600, "1h1s")]
)
def test_the_cluster_waits_a_second_longer_than_the_backends_gateway(seconds, text):
    assert edge_waits(Route.public("GET", "/v1/x", timeout=seconds), Route.service("GET", "/v1/y", "y")) == text


@pytest.mark.parametrize("kind", ["streams", "websocket"])
def test_the_cluster_cuts_no_stream(kind):
    assert edge_waits(Route.public("GET", "/v1/x"), Route.public("GET", "/v1/events", **{kind: True})) == "0s"


def test_an_application_syncs_its_own_folder_and_not_itself(found):
    application = found["orders/orders.app.yaml"]
    source = application["spec"]["source"]
    assert source["path"] == "deploy/kubernetes/prod/orders"
    assert source["directory"] == {"recurse": False, "exclude": "*.app.yaml"}
    assert application["metadata"]["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]
    assert application["spec"]["project"] == "shop-prod"
    assert application["spec"]["syncPolicy"]["automated"] == {"prune": True, "selfHeal": True, "allowEmpty": False}


def test_a_project_allows_what_is_rendered_and_no_more(found):
    spec = found["argocd/shop.appproject.yaml"]["spec"]
    allowed = {(each["group"], each["kind"]) for each in spec["namespaceResourceWhitelist"]}
    rendered = {(each["apiVersion"].rpartition("/")[0], each["kind"]) for each in found.values()}
    assert rendered - {("", "Namespace"), ("argoproj.io", "AppProject")} <= allowed
    assert ("", "Secret") not in allowed


def test_an_environment_without_a_cluster_has_no_file():
    assert not [path for path in generated(shop()) if path.startswith("deploy/kubernetes/dev")]
    assert not [
        path for path in generated(stead.load(ROOT / "backends/polyglot")) if path.startswith("deploy/kubernetes")
    ]


def test_images_are_those_of_the_release_file(tmp_path):
    (tmp_path / "backend.py").write_text((ROOT / "docs/reference/examples/kubernetes.py").read_text())
    place = tmp_path / "deploy" / "releases" / "prod.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps({"version": "1.4.0", "images": {"python": f"sha256:{'a' * 64}"}}))
    found = objects(stead.load(tmp_path))
    container = containers(pods(found)["orders/orders.deployment.yaml"])[0]
    assert container["image"] == f"ghcr.io/example/shop-python@sha256:{'a' * 64}"
    assert {"name": "VERSION", "value": "1.4.0"} in container["env"]
    assert found["orders/orders.deployment.yaml"]["metadata"]["labels"]["app.kubernetes.io/version"] == "1.4.0"


def test_an_edit_changes_an_object_before_it_is_written():
    def longer(each: Deployment) -> Deployment:
        from dataclasses import replace

        return replace(each, spec=replace(each.spec, progress_deadline_seconds=1200))

    found = objects(shop(edits=[longer]))
    assert {each["spec"]["progressDeadlineSeconds"] for each in found.values() if each["kind"] == "Deployment"} == {
        1200
    }


def many(services):
    """A chain: each calls the next."""
    chain = []
    for number in range(services):
        calls = [chain[-1].may("do")] if chain else []
        chain.append(
            Service(
                f"s{number}",
                app="shop.app:create",
                needs=[Postgres()],
                calls=calls,
                routes=[Route.service("POST", "/v1/do", "do")],
            )
        )
    places = [
        Environment(name, kubernetes=Kubernetes(f"shop-{name}", servers={"postgres": Server(5432, namespace="data")}))
        for name in ("dev", "staging", "prod")
    ]
    return Backend("shop", services=chain, environments=places, registry="registry.example.com")


def seconds(services):
    backend = many(services)
    begun = time.process_time()
    found = files(backend)
    assert len(found) > services * 3 * 4
    return time.process_time() - begun


def test_a_hundred_services_in_three_environments_are_rendered_in_time():
    seconds(2)
    assert seconds(100) < 1.5


def test_the_work_grows_with_the_services_and_no_faster():
    """By calls of functions, which no other process of this machine changes; `make bench ONLY=render` has seconds."""
    few, several = calls(20), calls(80)
    assert several / few < 4.3


def calls(services):
    backend, profile = many(services), cProfile.Profile()
    profile.runcall(files, backend)
    return sum(entry.callcount for entry in profile.getstats())
