"""The API: what the API server would refuse, whatever the object is for."""

import re
from collections.abc import Iterator
from itertools import chain

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, entries, find, is_filled_in, items, manifests, text_of
from stead.check.kubernetes.manifest_set import manifest_sets, workloads
from stead.check.kubernetes.selector import matches
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem

# Which version serves what these groups no longer have (kubernetes.io/docs/reference/using-api/deprecation-guide).
REMOVED = {
    "extensions/v1beta1": "apps/v1, networking.k8s.io/v1 or policy/v1",
    "apps/v1beta1": "apps/v1",
    "apps/v1beta2": "apps/v1",
    "autoscaling/v2beta1": "autoscaling/v2",
    "autoscaling/v2beta2": "autoscaling/v2",
    "batch/v1beta1": "batch/v1",
    "batch/v2alpha1": "batch/v1",
    "networking.k8s.io/v1beta1": "networking.k8s.io/v1",
    "policy/v1beta1": "policy/v1",
    "rbac.authorization.k8s.io/v1alpha1": "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1": "rbac.authorization.k8s.io/v1",
    "admissionregistration.k8s.io/v1beta1": "admissionregistration.k8s.io/v1",
    "apiextensions.k8s.io/v1beta1": "apiextensions.k8s.io/v1",
    "scheduling.k8s.io/v1beta1": "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1": "storage.k8s.io/v1",
    "coordination.k8s.io/v1beta1": "coordination.k8s.io/v1",
    "discovery.k8s.io/v1beta1": "discovery.k8s.io/v1",
    "events.k8s.io/v1beta1": "events.k8s.io/v1",
    "certificates.k8s.io/v1beta1": "certificates.k8s.io/v1",
}
GONE = {"PodSecurityPolicy": "remove it, and label the Namespace: pod-security.kubernetes.io/enforce"}
STILL_BETA = frozenset({"CSIStorageCapacity", "IPAddress", "ServiceCIDR", "VolumeAttributesClass"})
# Values that are no text without quotes, for the API server's YAML reader (go-yaml 2: YAML 1.1).
# Nothing, and `null`, are taken for an empty text.
NO_TEXT = re.compile(
    r"true|false|yes|no|on|off|[-+]?(?:\d[\d_]*|0x[\da-f]+|0b[01]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)", re.IGNORECASE
)
SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?")
LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
AS_LABELS = frozenset({"Service", "Namespace"})  # their names are a part of a host's name
MOST = {"Service": 63, "Namespace": 63, "CronJob": 52}  # a CronJob's name gets a suffix
COLONS = frozenset({"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"})  # may be named `system:node`
CHANGING = frozenset({"app.kubernetes.io/version", "helm.sh/chart", "pod-template-hash", "controller-revision-hash"})
SELECTING = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})
FIXED = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Service", "PodDisruptionBudget"})
OWN = re.compile(r"(?:apps|batch|autoscaling|policy|extensions|v1)?(?:/|$)|.*\.k8s\.io/")


@rule("KUBERNETES020")
def api_versions_are_served(context: Context) -> Iterator[Problem]:
    """An object has an API version that API servers still serve.

    Versions are removed for good: `policy/v1beta1` and `autoscaling/v2beta2` are gone since 1.25 and 1.26, so that
    applying such a file ends in `no matches for kind`. Write the version that replaced it, and compare the fields.
    """
    for manifest in manifests(context):
        node = manifest.get("apiVersion")
        instead = REMOVED.get(node.text or "") if node is not None and manifest.kind not in STILL_BETA else None
        if node is not None and instead:
            message = f"no API server serves {manifest.kind} as {node.text} any more"
            yield Problem("KUBERNETES020", message, manifest.at(node), GONE.get(manifest.kind, f"write {instead}"))


@rule("KUBERNETES021")
def objects_have_a_name_each(context: Context) -> Iterator[Problem]:
    """Two objects of one kind in one namespace have different names.

    The one that is applied last silently replaces the other. The rule covers one file, and all files of one environment
    in `deploy/`. Rename one of the two, or remove it.
    """
    for each in manifest_sets(context):
        first: dict[tuple[str, ...], Manifest] = {}
        for manifest in each.manifests:
            name = manifest.text("metadata", "name")
            where = "" if each.delivered and each.complete else str(manifest.file)
            earlier = first.setdefault((where, manifest.group, manifest.kind, manifest.namespace, name), manifest)
            if earlier is not manifest and name and not is_filled_in(name):
                message = f"two objects have the name {manifest.kind} {manifest.name}; one replaces the other"
                yield Problem("KUBERNETES021", message, manifest.place, "rename one of the two", earlier.place)


@rule("KUBERNETES022")
def environment_values_are_text(context: Context) -> Iterator[Problem]:
    """The value of an environment variable is a text: a number, `true` or `no` is in quotes.

    The API server refuses the whole object otherwise: `cannot unmarshal number into Go struct field EnvVar.value of
    type string`. Write `value: "8080"`.
    """
    for workload in workloads(context):
        for container in workload.containers:
            for variable in items(container.node, "env"):
                value = find(variable, "value")
                if value is not None and not _is_text(value):
                    message = f"the value of {text_of(variable, 'name')} is not text, and the API server refuses it"
                    mend = f'write value: "{value.text or ""}"'
                    yield Problem("KUBERNETES022", message, workload.manifest.at(value), mend)


@rule("KUBERNETES023")
def labels_and_data_are_text(context: Context) -> Iterator[Problem]:
    """The values of labels, annotations, node selectors and of a ConfigMap's data are texts.

    `argocd.argoproj.io/sync-wave: 2` and `enabled: true` are a number and a boolean, and the API server refuses the
    object. Write them in quotes.
    """
    for manifest in manifests(context):
        for name, value in _texts_of(manifest):
            if not _is_text(value):
                message = f"the value of {name} is not text, and the API server refuses it"
                yield Problem("KUBERNETES023", message, manifest.at(value), f'write {name}: "{value.text or ""}"')


def _texts_of(manifest: Manifest) -> Iterator[tuple[str, Node]]:
    """Yield what the API wants as texts, of kinds that are its own."""
    if not OWN.match(manifest.text("apiVersion")) and manifest.group != "argoproj.io":
        return
    paths = [("metadata", "labels"), ("metadata", "annotations"), ("spec", "selector", "matchLabels")]
    paths += [("spec", "template", "metadata", "labels"), ("spec", "template", "metadata", "annotations")]
    paths += [("spec", "template", "spec", "nodeSelector")]
    paths += [("data",)] if manifest.kind == "ConfigMap" else []
    yield from chain.from_iterable(entries(manifest.get(*path)).items() for path in paths)


def _is_text(node: Node) -> bool:
    """Return whether YAML has a text here: quoted, or like nothing else."""
    if node.tag is not None and node.tag.endswith("str"):
        return True
    return node.text is not None and not (node.plain and NO_TEXT.fullmatch(node.text))


@rule("KUBERNETES024")
def names_are_of_their_form(context: Context) -> Iterator[Problem]:
    """Names and values of labels have the length and the characters that the API allows.

    The name of a Service or a Namespace is a DNS label: lower-case letters, digits and hyphens, 63 at most. A label's
    value has 63 characters at most; that of a name made from two others is soon longer. Shorten it.
    """
    for manifest in manifests(context):
        if not OWN.match(manifest.text("apiVersion")):
            continue
        node = manifest.get("metadata", "name")
        if node is not None and node.text and not _is_name(manifest.kind, node.text):
            message = f"{node.text} is not a valid name of a {manifest.kind}"
            mend = f"use lower-case letters, digits and hyphens, {MOST.get(manifest.kind, 253)} at most"
            yield Problem("KUBERNETES024", message, manifest.at(node), mend)
        for path in (("metadata", "labels"), ("spec", "template", "metadata", "labels")):
            for name, value in entries(manifest.get(*path)).items():
                if value.text and not _is_label_value(value.text):
                    message = f"{value.text} is not a valid value of a label: {name}"
                    mend = "use letters, digits, hyphens, underscores and dots, 63 at most"
                    yield Problem("KUBERNETES024", message, manifest.at(value), mend)


def _is_label_value(text: str) -> bool:
    return is_filled_in(text) or (len(text) <= 63 and bool(LABEL_VALUE.fullmatch(text)))


def _is_name(kind: str, name: str) -> bool:
    if is_filled_in(name):
        return True
    if kind in COLONS:
        return "/" not in name and "%" not in name
    form = LABEL if kind in AS_LABELS else SUBDOMAIN
    return len(name) <= MOST.get(kind, 253) and bool(form.fullmatch(name))


@rule("KUBERNETES025")
def selectors_mean_the_pods_below(context: Context) -> Iterator[Problem]:
    """The selector of a Deployment, StatefulSet or DaemonSet matches the labels of its own Pods.

    The API server refuses it otherwise: `selector does not match template labels`; and one without a selector as well.
    Write the same labels in both.
    """
    for workload in workloads(context):
        selector = workload.manifest.get("spec", "selector")
        if workload.kind not in SELECTING:
            continue
        if selector is None and workload.manifest.group == "apps" and not workload.manifest.partial:
            message = f"{workload.name} has no selector"
            yield Problem("KUBERNETES025", message, workload.manifest.place, "add spec.selector.matchLabels")
        if selector is not None and not matches(selector, workload.labels):
            message = f"the selector of {workload.name} has labels that its Pods do not have"
            place = workload.manifest.at(_differing(workload, selector))
            yield Problem("KUBERNETES025", message, place, "give the Pods the labels of the selector")


def _differing(workload: Workload, selector: Node) -> Node:
    """Return the label that the Pods lack."""
    for name, value in entries(find(selector, "matchLabels")).items():
        if workload.labels.get(name) != value.text:
            return value
    return selector


@rule("KUBERNETES026")
def selectors_do_not_change(context: Context) -> Iterator[Problem]:
    """A selector has no label that changes with the version.

    The selector of a Deployment is immutable: with `app.kubernetes.io/version` or `helm.sh/chart` in it the next
    release is refused; a Service with it loses its Pods during a rollout. Select by name, instance and
    component.
    """
    for manifest in manifests(context):
        selector = manifest.get("spec", "selector")
        named = entries(selector if manifest.kind == "Service" else find(selector, "matchLabels"))
        for name in CHANGING & named.keys() if manifest.kind in FIXED else ():
            message = f"{name} changes with the next version, and a selector must not"
            yield Problem("KUBERNETES026", message, manifest.at(named[name]), f"remove {name} from the selector")


RULES = (
    api_versions_are_served,
    objects_have_a_name_each,
    environment_values_are_text,
    labels_and_data_are_text,
    names_are_of_their_form,
    selectors_mean_the_pods_below,
    selectors_do_not_change,
)
