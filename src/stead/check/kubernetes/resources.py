"""Resources: what a container may take of its node is said, so that one that leaks does not take the others with it."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.kubernetes.manifest import entries, find, is_filled_in, key_of, text_of
from stead.check.kubernetes.manifest_set import delivered_workloads, workloads
from stead.check.kubernetes.workload import quantity, volumes
from stead.check.rule import rule
from stead.model import Problem

REQUESTED = ("cpu", "memory")
MEANT = {  # the least and the most that a container gets: other values are in a wrong unit
    "cpu": (0.001, 128.0, "write it in cores or in thousandths: 0.5, 500m"),
    "memory": (4 * 1024.0**2, 16 * 1024.0**4, "write it in Mi or Gi: 256Mi"),
}


@rule("KUBERNETES041", severity="warning")
def containers_request_resources(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a container requests CPU and memory.

    The scheduler uses requests to choose a node, and the kubelet to choose Pods for eviction; without them any number
    of Pods fits on one node, and yours are evicted first. Write `resources.requests: {cpu, memory}`.
    """
    for workload in delivered_workloads(context):
        for container in workload.containers:
            for name in REQUESTED:
                quantities = (text_of(container.node, "resources", kind, name) for kind in ("requests", "limits"))
                if not any(quantities):  # a limit alone is also the request
                    place = container.at("resources", "requests")
                    message = f"{container.name} requests no {name}"
                    yield Problem("KUBERNETES041", message, place, f"add resources.requests.{name}")


@rule("KUBERNETES042", severity="warning")
def containers_have_a_memory_limit(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a container has a limit of memory.

    Without one, a leak takes the memory of the node, and the kernel kills other processes. Write
    `resources.limits.memory`, equal to the request.
    """
    for workload in delivered_workloads(context):
        for container in workload.containers:
            if not text_of(container.node, "resources", "limits", "memory"):
                place = container.at("resources", "limits")
                message = f"{container.name} has no limit of memory"
                yield Problem("KUBERNETES042", message, place, "add resources.limits.memory")


@rule("KUBERNETES043")
def requests_are_within_limits(context: Context) -> Iterator[Problem]:
    """A container requests no more than its limit, in units that Kubernetes has.

    The API server refuses it: `must be less than or equal to memory limit`. `512MB` is not a quantity: the units are
    `Mi` and `M`. Raise the limit, or lower the request.
    """
    for workload in workloads(context):
        for container in workload.containers:
            limits = entries(find(container.node, "resources", "limits"))
            requests = entries(find(container.node, "resources", "requests"))
            for kind, known in (("limits", limits), ("requests", requests)):
                for name, node in known.items():
                    if node.text and not is_filled_in(node.text) and quantity(node.text) is None:
                        place = container.at("resources", kind, name)
                        message = f"{node.text} is not an amount of {name}"
                        yield Problem("KUBERNETES043", message, place, "write one such as 250m, 64Mi or 2Gi")
            for name in requests.keys() & limits.keys():
                most, requested = quantity(limits[name].text or ""), quantity(requests[name].text or "")
                if most is not None and requested is not None and requested > most:
                    message = f"{container.name} requests {requests[name].text} of {name}, above its limit"
                    place = container.at("resources", "requests", name)
                    yield Problem("KUBERNETES043", message, place, f"request at most {limits[name].text}")


@rule("KUBERNETES044", severity="warning")
def temporary_volumes_have_a_size(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an `emptyDir` has a size.

    It is on the node's disk, or in its memory, and one Pod that fills it causes the eviction of others. Write
    `emptyDir: {sizeLimit: 64Mi}`.
    """
    for workload in delivered_workloads(context):
        for name, volume in volumes(workload.spec):
            node = key_of(volume, "emptyDir")
            if node is not None and not text_of(volume, "emptyDir", "sizeLimit"):
                message = f"{name} of {workload.name} may fill the disk of its node"
                yield Problem("KUBERNETES044", message, workload.manifest.at(node), "add sizeLimit: 64Mi")


@rule("KUBERNETES109")
def amounts_are_in_the_unit_that_was_meant(context: Context) -> Iterator[Problem]:
    """An amount of memory is in `Mi` or `Gi`, and one of CPU in cores or in `m`.

    `256m` of memory is a quarter of a byte, and `256` are 256 bytes: no container starts with it. `cpu: 500` are 500
    cores, which no node has, so that the Pod stays `Pending`. Write `256Mi`, and `500m`.
    """
    for workload in workloads(context):
        for container in workload.containers:
            for kind in ("limits", "requests"):
                for name, (least, most, mend) in MEANT.items():
                    node = find(container.node, "resources", kind, name)
                    amount = quantity(node.text or "") if node is not None else None
                    if node is not None and amount is not None and not (amount == 0 or least <= amount <= most):
                        message = f"{node.text} of {name} for {container.name} is probably in the wrong unit"
                        yield Problem("KUBERNETES109", message, workload.manifest.at(node), mend)


RULES = (
    containers_request_resources,
    containers_have_a_memory_limit,
    requests_are_within_limits,
    temporary_volumes_have_a_size,
    amounts_are_in_the_unit_that_was_meant,
)
