"""What is rendered for a cluster is accepted there, is hardened, and can be rolled out, drained and rolled back."""

import json
from pathlib import Path

import pytest

import stead
from render import kubernetes_schemas as schemas
from render.kubernetes_objects import containers, objects, pods
from render.kubernetes_shop import SOURCES, shop
from stead.render.kubernetes import release
from stead.render.kubernetes.workload import Deployment
from stead.render.targets import generated

ROOT = Path(__file__).parents[2]
SIX = {"name", "instance", "version", "component", "part-of", "managed-by"}


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
