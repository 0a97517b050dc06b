"""Secrets of a Pod: the file that a variable names is there, and the operator makes the keys that are read."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, find, is_true, items, text_of
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets, delivered_workloads, is_near
from stead.check.kubernetes.vault import PREFIX, SECRET
from stead.check.kubernetes.workload import Container, Workload
from stead.check.rule import rule
from stead.model import Problem

INJECTED = "/vault/secrets/"
FOLDERS = (INJECTED, "/run/secrets/", "/var/run/secrets/", "/etc/secrets/", "/secrets/")
FILE = "_FILE"


@rule("KUBERNETES107")
def secret_files_are_there(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a secret file that a variable names is mounted, or written by Vault's agent.

    Otherwise the Pod starts, but the program exits, or runs without its password. Mount the Secret at the folder of
    that file, or add the annotations of the injection.
    """
    for workload in delivered_workloads(context):
        injected = _injected(workload)
        for container in workload.containers if not workload.manifest.partial else ():
            for node in _named(container):
                path = node.text or ""
                if not _mount(container, path) and not (path.startswith(INJECTED) and _is_written(path, injected)):
                    message = f"{container.name} has the setting of the file {path}, which nothing mounts"
                    yield Problem("KUBERNETES107", message, workload.manifest.at(node), "mount it, or have it injected")


def _named(container: Container) -> Iterator[Node]:
    """Yield the paths of secrets that variables name."""
    for variable in items(container.node, "env"):
        node = find(variable, "value")
        if node is not None and text_of(variable, "name").endswith(FILE) and (node.text or "").startswith(FOLDERS):
            yield node


def _mount(container: Container, path: str) -> Node | None:
    """Return the mount below which a path is."""
    mounts = items(container.node, "volumeMounts")
    return next((each for each in mounts if f"{path}/".startswith(f"{text_of(each, 'mountPath').rstrip('/')}/")), None)


def _injected(workload: Workload) -> set[str] | None:
    """Return the names of the files that Vault's agent writes; None where nobody can tell."""
    if workload.annotation(f"{PREFIX}agent-configmap"):
        return None
    if workload.annotation(f"{PREFIX}agent-inject") != "true":
        return set()
    names = [name.removeprefix(SECRET) for name in workload.annotations if name.startswith(SECRET)]
    return {workload.annotation(f"{PREFIX}agent-inject-file-{name}") or name for name in names}


def _is_written(path: str, injected: set[str] | None) -> bool:
    return injected is None or path.removeprefix(INJECTED) in injected


@rule("KUBERNETES108")
def external_secrets_have_the_keys_that_are_read(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a Secret of the External Secrets operator is used, and has each key that Pods read.

    A target whose name no Pod mounts leaves the Pod in `ContainerCreating`, with the Secret beside it; a key that is
    not in `data` leaves it in `CreateContainerConfigError`, or a program without its file. Write the same names in
    both.
    """
    for each in delivered_sets(context):
        for manifest in each.of("ExternalSecret") if each.complete else ():
            target = manifest.get("spec", "target", "name") or manifest.get("metadata", "name") or manifest.root
            if not any(has_text(other.root, target.text or "") for other in each.manifests if other is not manifest):
                message = f"{manifest.name} creates the Secret {target.text}, which nothing reads"
                yield Problem("KUBERNETES108", message, manifest.at(target), "write the name that a Pod reads")
            yield from _absent_keys(each, manifest, target.text or "")


def has_text(root: Node, text: str) -> bool:
    waiting, known = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        if node.text is not None and node.text == text:
            return True
        inner = [*(node.items or ()), *(value for _, value in node.pairs or ())]
        waiting += (each for each in inner if id(each) not in known)
        known.update(map(id, inner))
    return False


def _absent_keys(each: ManifestSet, manifest: Manifest, target: str) -> Iterator[Problem]:
    if manifest.get("spec", "dataFrom") is not None or manifest.get("spec", "target", "template") is not None:
        return
    keys = {text_of(entry, "secretKey") for entry in items(manifest.root, "spec", "data")}
    for workload in each.workloads:
        if is_near(workload.manifest.namespace, manifest.namespace):
            for node, key in _keys_read(workload, target):
                if key not in keys:
                    message = f"{workload.name} reads {key} of {target}, which {manifest.name} does not create"
                    mend = f"add {key} to data of the ExternalSecret"
                    yield Problem("KUBERNETES108", message, workload.manifest.at(node), mend, manifest.place)


def _keys_read(workload: Workload, target: str) -> Iterator[tuple[Node, str]]:
    """Yield the keys of a Secret without which a Pod does not start, or a program lacks a file that it is told of."""
    whole = set()
    for volume in items(workload.spec, "volumes"):
        source = find(volume, "secret")
        if source is not None and text_of(source, "secretName") == target and not is_true(source, "optional"):
            chosen = items(source, "items")
            yield from ((node, node.text or "") for entry in chosen if (node := find(entry, "key")) is not None)
            whole |= {text_of(volume, "name")} if not chosen else set()
    for container in workload.containers:
        for variable in items(container.node, "env"):
            source = find(variable, "valueFrom", "secretKeyRef")
            if source is not None and text_of(source, "name") == target and not is_true(source, "optional"):
                yield source, text_of(source, "key")
        for node in _named(container):
            mount = _mount(container, node.text or "")
            if mount is not None and text_of(mount, "name") in whole:
                yield node, (node.text or "").removeprefix(text_of(mount, "mountPath").rstrip("/") + "/")


RULES = (secret_files_are_there, external_secrets_have_the_keys_that_are_read)
