"""The owner of an object in the namespace: objects of others are not replaced, and only our own are deleted."""

import json
from collections.abc import Iterator

from stead.ops.ship.error import CommandError
from stead.ops.ship.kubernetes.kubectl import Kubectl
from stead.ops.ship.kubernetes.manifests import Object, Shipment

INSTANCE, PART_OF = "app.kubernetes.io/instance", "app.kubernetes.io/part-of"
UNKNOWN = "doesn't have a resource type"
# Kinds that are deleted when a release has them no more; a Namespace, and what holds data, never is.
PRUNED = (
    "deployment.apps,service,horizontalpodautoscaler.autoscaling,poddisruptionbudget.policy,"
    "networkpolicy.networking.k8s.io,job.batch,cronjob.batch,serviceaccount,"
    "role.rbac.authorization.k8s.io,rolebinding.rbac.authorization.k8s.io",
    # Each in its own call: a cluster need not know these kinds, and kubectl refuses a list with one unknown kind.
    "httproute.gateway.networking.k8s.io",
    "gateway.gateway.networking.k8s.io",
    "externalsecret.external-secrets.io",
)


def foreign_objects(shipment: Shipment, kubectl: Kubectl) -> list[str]:
    """Return a line for each object that has the name of one of ours, but another owner."""
    names = [_reference(each) for each in shipment.objects if each["metadata"].get("namespace")]
    done = kubectl.look("get", *names, "--ignore-not-found", "--output=json")
    if done.returncode and UNKNOWN not in done.stderr:  # such a kind is refused with its place, in the dry run
        raise CommandError("read the owners of the objects", done.returncode, done.stderr)
    found = json.loads(done.stdout) if done.stdout.strip() else {"items": []}
    return list(_foreign(shipment, found.get("items", [found])))


def _foreign(shipment: Shipment, there: list[Object]) -> Iterator[str]:
    instance, backend = shipment.context.instance, shipment.context.backend.name
    for each in there:
        labels = each["metadata"].get("labels") or {}
        owner = labels.get(INSTANCE, "")
        # Argo CD may write the name of the Application there, which begins with ours.
        if labels.get(PART_OF) == backend and (owner == instance or owner.startswith(f"{instance}-")):
            continue
        name = each["metadata"]["name"]
        whose = f"belongs to {owner}" if owner else "was created by another program"
        yield f"{shipment.place(name)}: the {each['kind']} {name} in {shipment.context.cluster.namespace} {whose}"


def _reference(each: Object) -> str:
    group, slash, _ = each["apiVersion"].partition("/")
    kind = each["kind"].lower()
    return f"{kind}.{group}/{each['metadata']['name']}" if slash else f"{kind}/{each['metadata']['name']}"


def namespace_owner(shipment: Shipment, there: Object) -> str:
    """Return the other backend that owns a namespace, by its label; empty without another owner."""
    owner = (there["metadata"].get("labels") or {}).get(PART_OF, "")
    return "" if owner == shipment.context.backend.name else owner


def abandoned(kubectl: Kubectl, instance: str, names: frozenset[tuple[str, str]]) -> Iterator[str]:
    """Yield, as `kind.group/name`, objects of an earlier release of ours that are not in `names`."""
    labels = f"--selector={INSTANCE}={instance},app.kubernetes.io/managed-by=stead"
    for kinds in PRUNED:
        done = kubectl.look("get", kinds, labels, "--output=name")
        if done.returncode and UNKNOWN in done.stderr:
            continue
        if done.returncode:
            raise CommandError("list the objects", done.returncode, done.stderr)
        for line in done.stdout.split():
            kind, _, name = line.partition("/")
            if (kind.partition(".")[0], name) not in names:
                yield line
