"""Pod security: what a Pod may do to its node and to what runs beside it."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.kubernetes.manifest import find, is_true, items, text_of, texts
from stead.check.kubernetes.manifest_set import delivered_sets, delivered_workloads, workloads_beside_the_system
from stead.check.kubernetes.workload import Container, Workload, volumes
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

HOST = ("hostNetwork", "hostPID", "hostIPC")
POWERFUL = frozenset(
    {"ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "SYS_BOOT", "DAC_READ_SEARCH", "BPF", "NET_ADMIN"}
)
SECCOMP = frozenset({"RuntimeDefault", "Localhost"})
ENFORCE = "pod-security.kubernetes.io/enforce"
STANDARDS = frozenset({"baseline", "restricted"})


@rule("KUBERNETES029")
def containers_are_not_privileged(context: Context) -> Iterator[Problem]:
    """A container is not privileged.

    It has every device and every capability of its node: an attacker in it controls the node, and the tokens of all
    Pods there. Remove `privileged: true`, and add the one needed capability. The rule skips a DaemonSet outside of
    `deploy/`, which may manage its node.
    """
    for workload in workloads_beside_the_system(context):
        for container in workload.containers:
            if is_true(container.node, "securityContext", "privileged"):
                place = container.at("securityContext", "privileged")
                yield Problem("KUBERNETES029", f"{container.name} is privileged", place, "remove privileged: true")


@rule("KUBERNETES030")
def pods_stay_in_their_namespaces(context: Context) -> Iterator[Problem]:
    """A Pod shares neither the network nor the processes of its node.

    With `hostNetwork` network policies do not apply, and it can reach listeners on the node's loopback; with `hostPID`
    it can read the environment of every process there. The rule skips a DaemonSet outside of `deploy/`. Remove the
    line.
    """
    for workload in workloads_beside_the_system(context):
        for name in HOST:
            if is_true(workload.spec, name):
                message = f"{workload.name} has {name} of its node"
                yield Problem("KUBERNETES030", message, workload.at(name), f"remove {name}: true")


@rule("KUBERNETES031")
def pods_mount_nothing_of_their_node(context: Context) -> Iterator[Problem]:
    """A Pod mounts no path of its node.

    With the container runtime's socket it can start any container; with any other path it can read data of other Pods,
    and has other data on another node. The rule skips a DaemonSet outside of `deploy/`. Use an `emptyDir`, or a
    PersistentVolumeClaim.
    """
    for workload in workloads_beside_the_system(context):
        for name, volume in volumes(workload.spec):
            path = text_of(volume, "hostPath", "path")
            if path:
                place = workload.manifest.at(find(volume, "hostPath", "path") or volume)
                message = f"{workload.name} mounts {path} of its node as {name}"
                yield Problem("KUBERNETES031", message, place, "use an emptyDir or a PersistentVolumeClaim")


@rule("KUBERNETES032")
def no_powerful_capability_is_added(context: Context) -> Iterator[Problem]:
    """No container has a capability that equals root on its node.

    SYS_ADMIN allows to mount disks, SYS_PTRACE to read other processes, NET_ADMIN to redirect traffic. The rule skips a
    DaemonSet outside of `deploy/`. Add the one that is needed, such as NET_BIND_SERVICE, or none.
    """
    for workload in workloads_beside_the_system(context):
        for container in workload.containers:
            for node in items(container.node, "securityContext", "capabilities", "add"):
                if (node.text or "").removeprefix("CAP_") in POWERFUL:
                    message = f"{container.name} gets {node.text}, which is equivalent to root on the node"
                    mend = "remove it, and add the one that is needed"
                    yield Problem("KUBERNETES032", message, workload.manifest.at(node), mend)


@rule("KUBERNETES033")
def containers_do_not_run_as_root(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a container or its Pod declares that it does not run as root.

    The image's own user may be root, and may change with its next release. With `runAsNonRoot: true` the kubelet does
    not start it then. Write that and `runAsUser: 10001`.
    """
    for workload in delivered_workloads(context):
        for container in workload.containers:
            user = _setting(workload, container, "runAsUser")
            if user == "0" or _setting(workload, container, "runAsNonRoot") != "true":
                place = _place(workload, container, "runAsUser" if user == "0" else "runAsNonRoot")
                message = f"{container.name} runs as root" if user == "0" else f"{container.name} may run as root"
                mend = "write runAsNonRoot: true and runAsUser: 10001"
                yield Problem("KUBERNETES033", message, place, mend)


def _place(workload: Workload, container: Container, name: str) -> SourceLocation:
    """Return where a setting is said that holds for a container."""
    own, above = (find(node, "securityContext", name) for node in (container.node, workload.spec))
    inherited = own is None and above is not None
    return (workload if inherited else container).at("securityContext", name)


def _setting(workload: Workload, container: Container, name: str) -> str:
    """Return what holds for a container: its own word, or else that of its Pod."""
    own = text_of(container.node, "securityContext", name)
    return own or text_of(workload.spec, "securityContext", name)


@rule("KUBERNETES034")
def containers_drop_capabilities(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a container drops all capabilities, and gains no privileges.

    Pod Security's `restricted` standard refuses a Pod without `capabilities.drop: [ALL]` and
    `allowPrivilegeEscalation: false`; both cost a service nothing. Write them in its securityContext.
    """
    for workload in delivered_workloads(context):
        for container in workload.containers:
            if "ALL" not in texts(container.node, "securityContext", "capabilities", "drop"):
                message = f"{container.name} keeps capabilities that it does not need"
                place = container.at("securityContext", "capabilities", "drop")
                yield Problem("KUBERNETES034", message, place, "write capabilities: {drop: [ALL]}")
            if text_of(container.node, "securityContext", "allowPrivilegeEscalation") != "false":
                message = f"{container.name} can gain privileges through a setuid program"
                place = container.at("securityContext", "allowPrivilegeEscalation")
                yield Problem("KUBERNETES034", message, place, "write allowPrivilegeEscalation: false")


@rule("KUBERNETES035")
def pods_have_a_seccomp_profile(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a Pod has a seccomp profile for all of its containers.

    `restricted` requires it for each container, also for an injected one without its own, such as Vault's agent: so set
    it on the Pod. Write `seccompProfile: {type: RuntimeDefault}` in the Pod's securityContext.
    """
    for workload in delivered_workloads(context):
        if text_of(workload.spec, "securityContext", "seccompProfile", "type") not in SECCOMP:
            message = f"the Pods of {workload.name} have no seccomp profile"
            place = workload.at("securityContext", "seccompProfile")
            yield Problem("KUBERNETES035", message, place, "write seccompProfile: {type: RuntimeDefault}")
        for container in workload.containers:
            if text_of(container.node, "securityContext", "seccompProfile", "type") == "Unconfined":
                place = container.at("securityContext", "seccompProfile", "type")
                message = f"{container.name} may use every system call"
                yield Problem("KUBERNETES035", message, place, "write type: RuntimeDefault")


@rule("KUBERNETES036", severity="warning")
def root_filesystems_are_read_only(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a container cannot write into its own image.

    An attacker cannot store a program, and accidental writes do not fill the node's disk.
    Write `readOnlyRootFilesystem: true`, and mount an `emptyDir` where the program must write.
    """
    for workload in delivered_workloads(context):
        for container in workload.containers:
            if not is_true(container.node, "securityContext", "readOnlyRootFilesystem"):
                place = container.at("securityContext", "readOnlyRootFilesystem")
                message = f"{container.name} may write anywhere in its own files"
                yield Problem("KUBERNETES036", message, place, "write readOnlyRootFilesystem: true")


@rule("KUBERNETES037")
def namespaces_enforce_pod_security(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a Namespace enforces one of Pod Security's standards.

    Without the label the API server accepts a privileged Pod from everyone who may create Pods there. Write
    `pod-security.kubernetes.io/enforce: restricted`, with its version.
    """
    for each in delivered_sets(context):
        for manifest in each.of("Namespace"):
            if manifest.text("metadata", "labels", ENFORCE) not in STANDARDS:
                message = f"nothing refuses privileged Pods in {manifest.name}"
                yield Problem("KUBERNETES037", message, manifest.place, f"add the label {ENFORCE}: restricted")


RULES = (
    containers_are_not_privileged,
    pods_stay_in_their_namespaces,
    pods_mount_nothing_of_their_node,
    no_powerful_capability_is_added,
    containers_do_not_run_as_root,
    containers_drop_capabilities,
    pods_have_a_seccomp_profile,
    root_filesystems_are_read_only,
    namespaces_enforce_pod_security,
)
