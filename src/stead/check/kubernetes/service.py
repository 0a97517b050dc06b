"""Services and routes: what leads to Pods leads to some, at a port that they have; and nothing else is open."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, entries, find, is_filled_in, items, text_of
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets, delivered_workloads, is_near, manifest_sets
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem

OPEN = frozenset({"LoadBalancer", "NodePort"})
ROUTES = ("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute")
CLUSTER_CONFIG_MAPS = frozenset({"kube-root-ca.crt"})  # Kubernetes puts it into every namespace
BUILT_IN = ("argoproj.io",)
NAME = "app.kubernetes.io/name"


def behind(each: ManifestSet, service: Manifest) -> list[Workload]:
    """Return the workloads whose Pods a Service selects."""
    labels = {name: value.text or "" for name, value in entries(service.get("spec", "selector")).items()}
    found = each.index.with_labels(labels) if labels else []
    return [workload for workload in found if is_near(workload.manifest.namespace, service.namespace)]


@rule("KUBERNETES059")
def services_select_pods(context: Context) -> Iterator[Problem]:
    """A Service selects Pods that are applied with it.

    With a label that no Pod has it has no endpoints, and every request fails; the apply reports no error. The rule
    applies to a Service in the folder of a workload. Write the labels of the Pods' template.
    """
    for each in manifest_sets(context):
        homes = {workload.manifest.file.parent for workload in each.workloads}
        for service in each.of("Service") if each.complete and not _is_operated(each) else ():
            selector = service.get("spec", "selector")
            asked = each.delivered or service.file.parent in homes
            if asked and selector is not None and selector.pairs and not behind(each, service):
                message = f"{service.name} selects no Pod, so no request can be answered"
                place = service.at(_unknown(each, selector))
                yield Problem("KUBERNETES059", message, place, "write the labels of the Pods' template")


def _is_operated(each: ManifestSet) -> bool:
    """Return whether an object here may make Pods by an operator that nobody here knows."""
    groups = {manifest.group for manifest in each.manifests}
    return any("." in group and not group.endswith((".k8s.io", *BUILT_IN)) for group in groups)


def _unknown(each: ManifestSet, selector: Node) -> Node:
    """Return the first label that no Pod has."""
    for name, value in entries(selector).items():
        if not each.index.with_labels({name: value.text or ""}):
            return value
    return selector


@rule("KUBERNETES113")
def services_lead_to_one_application(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a Service selects the Pods of one application, by `app.kubernetes.io/name`.

    With too few labels in its selector it also selects other Pods, and sends requests to another program. Add the name
    to the selector.
    """
    for each in delivered_sets(context):
        for service in each.of("Service"):
            names = sorted({workload.labels.get(NAME, "") for workload in behind(each, service)} - {""})
            selector = service.get("spec", "selector")
            if len(names) > 1 and selector is not None:
                message = f"{service.name} leads to the Pods of {', '.join(names[:3])}"
                yield Problem("KUBERNETES113", message, service.at(selector), f"add {NAME} to the selector")


@rule("KUBERNETES060")
def services_lead_to_ports(context: Context) -> Iterator[Problem]:
    """The target port of a Service is a port of its Pods.

    With an unknown name the Service has no endpoints. In `deploy/` a number is compared with the ports, too, if the
    Pods list them. Write the name of the container's port.
    """
    for each in manifest_sets(context):
        for service in each.of("Service"):
            pods = behind(each, service)
            for port in items(service.root, "spec", "ports") if pods else ():
                target = find(port, "targetPort") or find(port, "port")
                if target is not None and not _is_reached(target.text or "", pods, strict=each.delivered):
                    message = f"{service.name} leads to the port {target.text}, which its Pods do not have"
                    yield Problem("KUBERNETES060", message, service.at(target), "write the name of a container's port")


def _is_reached(port: str, pods: list[Workload], *, strict: bool) -> bool:
    if not port.isdecimal():
        return is_filled_in(port) or any(port in workload.port_names for workload in pods)
    listed = [workload for workload in pods if workload.port_numbers]
    return not strict or not listed or any(port in workload.port_numbers for workload in listed)


@rule("KUBERNETES061")
def routes_lead_to_services(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a route or an Ingress leads to a Service that is applied with it, at a port of that Service.

    Otherwise the host answers 500 or 503, while all objects are healthy. Fix the name or the port.
    """
    for each in delivered_sets(context):
        for manifest in each.of(*ROUTES, "Ingress") if each.complete else ():
            for name, port, namespace in backends_of(manifest):
                service = each.named("Service", name.text or "", namespace or manifest.namespace)
                if service is None:
                    message = f"{manifest.name} leads to {name.text}, but there is no such Service"
                    yield Problem("KUBERNETES061", message, manifest.at(name), "fix the name, or add the Service")
                elif port is not None and not _has_port(service, port.text or ""):
                    message = f"{manifest.name} leads to {name.text} at {port.text}, which is not a port of it"
                    yield Problem("KUBERNETES061", message, manifest.at(port), "write a port of the Service")


def backends_of(manifest: Manifest) -> Iterator[tuple[Node, Node | None, str]]:
    """Yield the Services that a route or an Ingress leads to, with the port and the namespace."""
    for route in items(manifest.root, "spec", "rules"):
        for reference in items(route, "backendRefs"):
            name = find(reference, "name")
            if name is not None and text_of(reference, "kind") in ("", "Service"):
                yield name, find(reference, "port"), text_of(reference, "namespace")
        for path in items(route, "http", "paths"):
            name = find(path, "backend", "service", "name")
            port = find(path, "backend", "service", "port", "number")
            if name is not None:
                yield name, port or find(path, "backend", "service", "port", "name"), ""


def _has_port(service: Manifest, port: str) -> bool:
    ports = items(service.root, "spec", "ports")
    return any(port in (text_of(each, "port"), text_of(each, "name")) for each in ports)


@rule("KUBERNETES062")
def nothing_inside_is_open(context: Context) -> Iterator[Problem]:
    """In `deploy/`, only the gateway is reachable from outside of the cluster.

    A Service of the type `LoadBalancer` or `NodePort`, an external address and a `hostPort` bypass the gateway and its
    checks. Write `type: ClusterIP`, and attach a route to the Gateway.
    """
    for each in delivered_sets(context):
        for service in each.of("Service"):
            kind, addresses = service.get("spec", "type"), service.get("spec", "externalIPs")
            if kind is not None and kind.text in OPEN:
                message = f"{service.name} is reached from outside, past the gateway"
                yield Problem("KUBERNETES062", message, service.at(kind), "write type: ClusterIP")
            if addresses is not None and addresses.items:
                message = f"{service.name} is reached at an address of its own, past the gateway"
                yield Problem("KUBERNETES062", message, service.at(addresses.items[0]), "remove externalIPs")
    for workload in delivered_workloads(context):
        for port in (port for container in workload.containers for port in container.ports):
            node = find(port, "hostPort")
            if node is not None:
                message = f"{workload.name} is reached at the port {node.text} of its node, past the gateway"
                yield Problem("KUBERNETES062", message, workload.manifest.at(node), "remove hostPort")


@rule("KUBERNETES063")
def config_maps_are_there(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a ConfigMap that a Pod reads is applied with it.

    The Pod stays in `CreateContainerConfigError` or `ContainerCreating` otherwise. Add the ConfigMap, or write
    `optional: true`.
    """
    for each in delivered_sets(context):
        for workload in each.workloads if each.complete else ():
            for node in _config_maps(workload):
                name = node.text or ""
                if name not in CLUSTER_CONFIG_MAPS and not each.named("ConfigMap", name, workload.manifest.namespace):
                    message = f"{workload.name} reads the ConfigMap {name}, and no manifest creates it"
                    yield Problem("KUBERNETES063", message, workload.manifest.at(node), f"add the ConfigMap {name}")


def _config_maps(workload: Workload) -> Iterator[Node]:
    """Yield the names of the ConfigMaps without which a Pod does not start."""
    found = [find(volume, "configMap") for volume in items(workload.spec, "volumes")]
    for volume in items(workload.spec, "volumes"):
        found += [find(source, "configMap") for source in items(volume, "projected", "sources")]
    for container in workload.containers:
        found += [find(each, "configMapRef") for each in items(container.node, "envFrom")]
        found += [find(each, "valueFrom", "configMapKeyRef") for each in items(container.node, "env")]
    for reference in found:
        name = find(reference, "name")
        if name is not None and name.text and text_of(reference, "optional") != "true":
            yield name


RULES = (
    services_select_pods,
    services_lead_to_one_application,
    services_lead_to_ports,
    routes_lead_to_services,
    nothing_inside_is_open,
    config_maps_are_there,
)
