"""What a ship to a cluster leaves when something fails, and whose objects it never touches."""

from dataclasses import replace

import pytest

from ops.ship.stand_in_cluster import StandInCluster, containers
from stead.model import Backend, Environment, Job, Kubernetes, Service, Setting
from stead.ops.ship.error import NotReadyError, ShipError
from stead.ops.ship.kubernetes import diagnosis, lock
from stead.ops.ship.kubernetes.lock import locked
from stead.ops.ship.kubernetes.manifests import Shipment
from stead.ops.ship.kubernetes.rollout import ClusterRollout
from stead.render.kubernetes.context import ClusterContext
from stead.render.kubernetes.release import Release

IMAGES = {"one": "sha256:" + "1" * 64, "two": "sha256:" + "2" * 64}


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(diagnosis, "POLL", 0.01)
    monkeypatch.setattr(diagnosis, "TIMEOUT", 0.02)


@pytest.fixture
def cluster():
    return StandInCluster("shop")


def ship(cluster, version, *extra, greeting="hello", jobs=(), wrong=(), back=False):
    """Ship a version of a description with a greeting; the steps that it reported."""
    api = Service("api", app="a:b", values={"GREETING": greeting}, settings=[Setting("GREETING")])
    environment = Environment("prod", kubernetes=Kubernetes("shop"))
    backend = Backend(
        "shop", services=[api, *extra], jobs=jobs, environments=[environment], registry="registry.example.com"
    )
    release = Release(version, {"python": IMAGES[version]})
    steps = []
    shipment = Shipment(ClusterContext(backend, environment, environment.kubernetes, release))
    rollout = ClusterRollout(shipment, cluster, lambda _: iter(wrong), lambda *step: steps.append(step), seconds=0)
    rollout.back() if back else rollout.make()
    return steps


def greeting(cluster):
    container = containers(cluster.objects["deployment", "api"])[0]
    told = {variable["name"]: variable.get("value") for variable in container["env"]}
    return told["GREETING"], container["image"].rpartition("@")[2]


def test_what_ran_is_brought_back_as_it_was_whatever_the_description_says_now(cluster):
    ship(cluster, "one")
    with pytest.raises(ShipError, match="one runs again, as before"):
        ship(cluster, "two", Service("promo", app="a:c"), greeting="bye", wrong=["it says 500"])
    assert greeting(cluster) == ("hello", IMAGES["one"])
    assert not [name for _, name in cluster.objects if name == "promo"], "what came with the version that failed"


class Ended:
    """What is wrong with a version, for whom nobody waits to the end."""

    def __init__(self, error):
        self.error = error

    def __iter__(self):
        raise self.error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143), OSError("no file")], ids=repr)
def test_whatever_ends_a_switch_says_what_runs_now(cluster, error):
    ship(cluster, "one")
    with pytest.raises(type(error)) as ended:
        ship(cluster, "two", greeting="bye", wrong=Ended(error))
    assert ended.value.__notes__ == ["one runs again, as before"]
    assert greeting(cluster) == ("hello", IMAGES["one"])


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("_dry_run", "one still runs, unchanged"),
        ("_prune", "two runs; ship it again to delete the objects that it no longer has"),
        ("_bring", "one is not completely restored; continue: stead ship kubernetes --back"),
    ],
)
def test_an_interruption_beside_the_switch_says_what_runs_now(cluster, monkeypatch, where, told):
    ship(cluster, "one")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(ClusterRollout, where, interrupted)
    with pytest.raises(KeyboardInterrupt) as ended:
        ship(cluster, "two", back=where == "_bring")
    assert ended.value.__notes__ == [told]


def test_a_schedule_that_the_description_has_no_more_does_not_go_on(cluster):
    ship(cluster, "one", jobs=[Job("sweep", entry="a:sweep", every="5m")])
    assert ("cronjob", "sweep") in cluster.objects
    ship(cluster, "two")
    assert not [name for _, name in cluster.objects if name == "sweep"]


def test_a_version_that_runs_is_noted_before_anything_else_can_fail(cluster):
    ship(cluster, "one", Service("promo", app="a:c"))
    cluster.refuses["delete"] = "the connection to the server was refused"
    with pytest.raises(ShipError):
        ship(cluster, "two")
    data = cluster.objects["configmap", "shop-prod-release"]["data"]
    assert data.keys() == {"current"}
    assert '"two"' in data["current"]


def test_a_fix_is_shipped_where_the_interrupted_version_cannot_be_brought_back(cluster):
    ship(cluster, "one")
    noted = cluster.objects["configmap", "shop-prod-release"]
    cluster.add(noted | {"data": noted["data"] | {"switching": noted["data"]["current"]}})
    cluster.broken.add(f"registry.example.com/shop-python@{IMAGES['one']}")
    steps = ship(cluster, "two", greeting="fixed")
    assert next(wrong for title, _, wrong in steps if "was interrupted" in title)
    assert greeting(cluster) == ("fixed", IMAGES["two"])


@pytest.mark.parametrize("labels", [{}, {"app.kubernetes.io/instance": "blog-prod"}])
def test_an_object_that_someone_else_made_is_not_replaced(cluster, labels):
    cluster.add({"kind": "Service", "metadata": {"name": "api", "labels": labels}, "spec": {}})
    with pytest.raises(NotReadyError, match=r"test_cluster_rollout\.py:.* the Service api in shop"):
        ship(cluster, "one")
    assert not [name for _, name in cluster.objects if name.endswith("-release")]


def test_the_namespace_of_another_backend_is_left_alone(cluster):
    there = {"kind": "Namespace", "metadata": {"name": "shop", "labels": {"app.kubernetes.io/part-of": "blog"}}}
    cluster.add(there)
    with pytest.raises(NotReadyError, match="the namespace shop belongs to blog"):
        ship(cluster, "one")
    assert {kind for kind, _ in cluster.objects} == {"namespace"}


def test_the_cluster_is_named_before_anything_is_done_there(cluster):
    assert ship(cluster, "one")[0][0] == "shop exists in the cluster https://10.0.0.1:6443"


def test_a_lease_that_another_ship_has_taken_is_left_to_it(cluster):
    with locked(cluster, "shop-prod"):
        lease = cluster.objects["lease", "shop-prod-ship"]
        cluster.objects["lease", "shop-prod-ship"] = lease | {"spec": lease["spec"] | {"holderIdentity": "other"}}
    assert ("lease", "shop-prod-ship") in cluster.objects


def test_a_lease_is_renewed_as_long_as_a_ship_lasts(cluster, monkeypatch):
    monkeypatch.setattr(lock, "RENEWED", 0.001)
    with locked(cluster, "shop-prod"):
        while not any(words[0] == "patch" for words in cluster.asked):
            pass


def owned(kind, name, owner, **more):
    metadata = {"name": name, "labels": {"app.kubernetes.io/name": "api"}, "creationTimestamp": "2026-01-01"}
    metadata |= {"ownerReferences": [{"uid": owner}], "annotations": more.pop("annotations", {})}
    return {"kind": kind, "metadata": metadata, **more}


def test_a_crash_of_the_version_before_does_not_speak_for_this_one(cluster):
    ship(cluster, "one")
    api = cluster.objects["deployment", "api"]
    revision = {"annotations": {diagnosis.REVISION: "2"}}
    pending = api | {"metadata": api["metadata"] | revision, "status": {}}
    crashing = {"containerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}
    cluster.add(owned("ReplicaSet", "old", "deployment-api", annotations={diagnosis.REVISION: "1"}))
    cluster.add(owned("ReplicaSet", "new", "deployment-api", **revision))
    cluster.add(owned("Pod", "old-1", "replicaset-old"))
    cluster.objects["pod", "old-1"]["status"] = crashing
    cluster.objects["deployment", "api"] = pending
    assert diagnosis.rollout_failure(cluster, "api", 0) == "api is not ready: its Pods do not become ready"
    cluster.add(owned("Pod", "new-1", "replicaset-new"))
    cluster.objects["pod", "new-1"]["status"] = crashing
    assert "CrashLoopBackOff" in diagnosis.rollout_failure(replace(cluster), "api", 0)
