"""What a ship asks a real API server: whose an object is, what an earlier release left, whose the lease is."""

import os
from pathlib import Path

import pytest

from cluster.programs import program
from stead.model import Backend, Environment, Gateway, Kubernetes, Route, Service
from stead.ops.ship.error import NotReadyError
from stead.ops.ship.kubernetes import lock
from stead.ops.ship.kubernetes.kubectl import Kubectl
from stead.ops.ship.kubernetes.manifests import Shipment, names_of
from stead.ops.ship.kubernetes.ownership import abandoned, foreign_objects
from stead.ops.ship.kubernetes.record import Record
from stead.ops.ship.kubernetes.rollout import ClusterRollout
from stead.render.kubernetes.context import ClusterContext
from stead.render.kubernetes.release import Release

SPACE = "owned"
DIGEST = "sha256:" + "1" * 64


@pytest.fixture
def rollout(with_crds, monkeypatch):
    """A release of a small backend, not applied yet, in a namespace of its own."""
    monkeypatch.setenv("KUBECONFIG", str(with_crds.kubeconfig))
    monkeypatch.setenv("PATH", f"{Path(program('kubectl')).parent}:{os.environ['PATH']}")
    api = Service("api", app="a:b", routes=[Route.public("GET", "/v1/x", timeout=120)], replicas=2)
    cluster = Kubernetes(SPACE, host="a.example.com", gateway="gateways/public")
    backend = Backend(
        "shop",
        gateway=Gateway("edge", fronts=[api]),
        services=[api],
        environments=[Environment("prod", kubernetes=cluster)],
        registry="registry.example.com",
    )
    context = ClusterContext(backend, backend.environments[0], cluster, Release("1", {"python": DIGEST}))
    return ClusterRollout(Shipment(context), Kubectl(SPACE), lambda _: iter(()), lambda *_: None)


def test_objects_are_told_apart_by_whose_they_are(rollout, with_crds):
    kubectl, shipment = rollout.kubectl, rollout.shipment
    rollout._namespace()
    assert rollout._unlabelled() == []
    assert foreign_objects(shipment, kubectl) == []
    kubectl.run("make one by hand", "create", "service", "clusterip", "edge", "--tcp=80")
    [foreign] = foreign_objects(shipment, kubectl)
    assert foreign.endswith("the Service edge in owned was created by another program")
    kubectl.run("delete it", "delete", "service", "edge")
    rollout._dry_run()
    for _, wave in shipment.waves():
        kubectl.apply("apply", wave)
    assert foreign_objects(shipment, kubectl) == []
    assert list(abandoned(kubectl, "shop-prod", names_of(shipment.objects))) == []
    left = set(abandoned(kubectl, "shop-prod", frozenset()))
    assert {"httproute.gateway.networking.k8s.io/edge", "deployment.apps/api", "serviceaccount/api"} <= left


def test_a_record_gives_back_the_objects_that_ran(rollout):
    rollout._namespace()
    record = Record(rollout.kubectl, "shop-prod")
    record.end(rollout.release, rollout.shipment.objects)
    record.begin(Release("2", {"python": DIGEST}))
    assert record.current() == rollout.release
    assert record.interrupted().version == "2"
    assert names_of(record.objects()) == names_of(rollout.shipment.objects)


def test_labels_that_someone_else_has_set_on_the_namespace_are_not_replaced(rollout, with_crds):
    rollout._namespace()
    label = ("label", "namespace", SPACE, "--overwrite")
    with_crds.kubectl(*label, "pod-security.kubernetes.io/enforce=baseline")
    with pytest.raises(NotReadyError, match=r"conflict with .kubectl-label."):
        rollout._dry_run()
    with_crds.kubectl(*label, "pod-security.kubernetes.io/enforce=restricted")


def test_the_api_server_takes_the_renewal_of_a_lease(rollout, monkeypatch):
    rollout._namespace()
    monkeypatch.setattr(lock, "RENEWED", 0.05)
    with lock.locked(rollout.kubectl, "shop-prod"):
        first = lease = rollout.kubectl.get("lease", "shop-prod-ship")
        while lease["spec"]["renewTime"] == first["spec"]["renewTime"]:
            lease = rollout.kubectl.get("lease", "shop-prod-ship")
    assert rollout.kubectl.get("lease", "shop-prod-ship") is None
