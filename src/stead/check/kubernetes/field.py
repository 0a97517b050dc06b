"""Fields: the words that the API has for a choice, and the shape of a container."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, find, is_filled_in, items, manifests, text_of
from stead.check.kubernetes.manifest_set import workloads
from stead.check.kubernetes.workload import Container
from stead.check.rule import rule
from stead.model import Problem

# kubernetes.io/docs/reference/kubernetes-api: fields that mean the same in every kind of the API's own groups
WORDS = {
    "accessModes": ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"),
    "completionMode": ("Indexed", "NonIndexed"),
    "concurrencyPolicy": ("Allow", "Forbid", "Replace"),
    "dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    "effect": ("NoExecute", "NoSchedule", "PreferNoSchedule"),
    "externalTrafficPolicy": ("Cluster", "Local"),
    "fsGroupChangePolicy": ("Always", "OnRootMismatch"),
    "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "internalTrafficPolicy": ("Cluster", "Local"),
    "pathType": ("Exact", "ImplementationSpecific", "Prefix"),
    "podManagementPolicy": ("OrderedReady", "Parallel"),
    "policyTypes": ("Egress", "Ingress"),
    "protocol": ("SCTP", "TCP", "UDP"),
    "restartPolicy": ("Always", "Never", "OnFailure"),
    "scheme": ("HTTP", "HTTPS"),
    "selectPolicy": ("Disabled", "Max", "Min"),
    "sessionAffinity": ("ClientIP", "None"),
    "terminationMessagePolicy": ("FallbackToLogsOnError", "File"),
    "unhealthyPodEvictionPolicy": ("AlwaysAllow", "IfHealthyBudget"),
    "whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway"),
}
TYPES = {  # `type` has another meaning in each kind
    ("Service", "spec"): ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
    ("Deployment", "strategy"): ("Recreate", "RollingUpdate"),
    ("StatefulSet", "updateStrategy"): ("OnDelete", "RollingUpdate"),
    ("DaemonSet", "updateStrategy"): ("OnDelete", "RollingUpdate"),
    ("HorizontalPodAutoscaler", "target"): ("AverageValue", "Utilization", "Value"),
}
GROUPS = frozenset({"", "apps", "batch", "autoscaling", "policy", "networking.k8s.io"})
PEOPLE = frozenset(
    ("data", "stringData", "binaryData", "annotations", "labels", "matchLabels", "env", "args", "command")
)
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")


@rule("KUBERNETES103")
def choices_are_in_the_words_of_the_api(context: Context) -> Iterator[Problem]:
    """An enum value is written as in the API, with its case.

    `protocol: tcp` and `imagePullPolicy: always` look right and are refused: `Unsupported value: "tcp": supported
    values: "SCTP", "TCP", "UDP"`. Write the word as the API does.
    """
    for manifest in manifests(context):
        if manifest.group in GROUPS:
            for node, name, words in _choices(manifest):
                if node.text and node.text not in words and not is_filled_in(node.text):
                    message = f"{name} of {manifest.name} is {node.text}, which the API server refuses"
                    yield Problem("KUBERNETES103", message, manifest.at(node), f"write one of {', '.join(words)}")


def _choices(manifest: Manifest) -> Iterator[tuple[Node, str, tuple[str, ...]]]:
    """Yield each choice of an object, with its name and the words that there are; what people name is left out."""
    waiting, known = [(manifest.root, "")], {id(manifest.root)}
    while waiting:
        node, above = waiting.pop()
        for key, value in node.entries():
            name = key.text or ""
            words = TYPES.get((manifest.kind, above)) if name == "type" else WORDS.get(name)
            inner = value.items or [value]
            if words:
                yield from ((each, name, words) for each in inner)
            elif name not in PEOPLE:
                waiting += ((each, name) for each in inner if each.pairs and id(each) not in known)
                known.update(map(id, inner))


@rule("KUBERNETES104")
def containers_have_the_shape_of_the_api(context: Context) -> Iterator[Problem]:
    """A container has each variable once, lists as command and arguments, and one handler per probe.

    `command: python app.py` is refused, and so is a probe with two handlers. Of two variables of one name the last one
    holds, and a server-side apply refuses both: `duplicate entries for key [name="PORT"]`. An init container ends
    before the others start, so that it has no probes, unless it has `restartPolicy: Always`. Write a command as a list,
    and remove duplicates.
    """
    for workload in workloads(context):
        for container in workload.containers:
            for node, message, mend in (*_twice(container), *_texts(container), *_handlers(container)):
                yield Problem("KUBERNETES104", message, workload.manifest.at(node), mend)
        running = {id(container) for container in workload.running}
        for container in (each for each in workload.containers if id(each) not in running):
            for name in (each for each in PROBES if find(container.node, each) is not None):
                message = f"{container.name} is an init container with a {name}"
                mend = "add restartPolicy: Always where it runs beside the others, or remove the probe"
                yield Problem("KUBERNETES104", message, container.at(name), mend)


def _twice(container: Container) -> Iterator[tuple[Node, str, str]]:
    known = set()
    for variable in items(container.node, "env"):
        name = find(variable, "name")
        if name is not None and name.text in known:
            yield name, f"{container.name} has the variable {name.text} twice", "remove one of the two"
        known.add(name.text if name is not None else None)


def _texts(container: Container) -> Iterator[tuple[Node, str, str]]:
    for name in ("command", "args"):
        node = find(container.node, name)
        if node is not None and node.text and not is_filled_in(node.text):
            yield (
                node,
                f"{name} of {container.name} is a text, and must be a list",
                "write its words one by one: [a, b]",
            )


def _handlers(container: Container) -> Iterator[tuple[Node, str, str]]:
    for name in PROBES:
        given = [each for each in HANDLERS if find(container.node, name, each) is not None]
        if len(given) > 1:
            node = find(container.node, name) or container.node
            message = f"{name} of {container.name} has the handlers {' and '.join(given)}"
            yield node, message, "keep one of them"


@rule("KUBERNETES105")
def modes_are_octal(context: Context) -> Iterator[Problem]:
    """The mode of a volume's files is octal, or the equal decimal number.

    Without the zero in front `400` is decimal: the mode 0620, in which the group may write. Write `0400`, or `256`.
    """
    for workload in workloads(context):
        for volume in items(workload.spec, "volumes"):
            for kind in ("secret", "configMap", "projected", "downwardAPI"):
                node = find(volume, kind, "defaultMode")
                if node is not None and (node.text or "") in MEANT:
                    mode = f"0{int(node.text or ''):o}"
                    message = f"the files of {text_of(volume, 'name')} get the mode {mode}: {node.text} is decimal"
                    yield Problem("KUBERNETES105", message, workload.manifest.at(node), f"write 0{node.text}")


MEANT = frozenset({"400", "440", "444", "500", "550", "555", "600", "640", "644", "660", "664", "700", "750", "755"})
RULES = (choices_are_in_the_words_of_the_api, containers_have_the_shape_of_the_api, modes_are_octal)
