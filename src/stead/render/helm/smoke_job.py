"""The Job of `helm test`: `stead smoke` in the backend's own Python image, which may reach every process meanwhile.

The Job stays for a day, or until the next test, for `kubectl logs`; its policies are deleted with the test. `helm test
--logs` does not work: Helm 3 requests the log of every hook, also of a policy, and fails. Rejected: permanent policies;
and a Pod by itself, of which scanners demand probes that have no meaning for a one-off.
"""

from collections.abc import Iterator

from stead.model import Gateway, Job, Limits
from stead.render.docker.image_kind import PORT, needs_python
from stead.render.gateway_deployment import LISTEN
from stead.render.helm.hook import DELETE, HOOK, WEIGHT, annotated
from stead.render.kubernetes import network
from stead.render.kubernetes.container import Container
from stead.render.kubernetes.context import ClusterContext, account
from stead.render.kubernetes.core import LabelSelector, Manifest
from stead.render.kubernetes.pod import pod
from stead.render.kubernetes.policy import EgressRule, IngressRule, NetworkPolicy, NetworkPolicySpec, Peer, PolicyPort
from stead.render.kubernetes.resources import resources, temporary
from stead.render.kubernetes.workload import Job as JobManifest
from stead.render.kubernetes.workload import JobSpec

FOLDER = "tests"
COMPONENT = "job"
LIMITS = Limits(cpus=0.5, memory=256)
PORTS = (PolicyPort(port=PORT), PolicyPort(port=LISTEN))
ONCE = {HOOK: "test", DELETE: "before-hook-creation,hook-succeeded"}
RUN = {HOOK: "test", DELETE: "before-hook-creation"}  # its log is read afterwards


def name_of(context: ClusterContext) -> str:
    return f"{context.backend.name}-smoke"


def objects(context: ClusterContext) -> Iterator[tuple[str, Manifest]]:
    """Yield the Job and its objects, by path; nothing for a backend without a Python image."""
    if not needs_python(context.backend):
        return
    name = name_of(context)
    first = ONCE | {WEIGHT: "-1"}
    yield f"{FOLDER}/{name}.serviceaccount.yaml", account(context, name, COMPONENT, first)
    yield f"{FOLDER}/{name}.networkpolicy.yaml", annotated(_policy(context, name), first)
    yield f"{FOLDER}/{name}-ingress.networkpolicy.yaml", annotated(_ingress(context, name), first)
    yield f"{FOLDER}/{name}.job.yaml", _job(context, name)


def _job(context: ClusterContext, name: str) -> JobManifest:
    """Return the Job: what it finds is the answer, so it is not tried again."""
    container = Container(
        name=name,
        image=context.python_image,
        args=("stead", "smoke", "/app/backend.py", *_words(context)),
        resources=resources(LIMITS),
        volume_mounts=(temporary(),),
    )
    return JobManifest(
        metadata=context.metadata(name, COMPONENT, RUN | {WEIGHT: "0"}),
        spec=JobSpec(backoff_limit=0, template=pod(context, name, COMPONENT, (container,), ())),
    )


def _words(context: ClusterContext) -> Iterator[str]:
    yield from ("--env", context.environment.name, "--version", context.release.version)
    for process in context.described.processes:
        if not isinstance(process, Job):
            port = LISTEN if isinstance(process, Gateway) else PORT
            yield f"--url={process.name}=http://{process.name}:{port}"


def _policy(context: ClusterContext, name: str) -> NetworkPolicy:
    """Return the policy of the Pod: egress to every process of the backend, no ingress."""
    everything = Peer(pod_selector=LabelSelector(match_labels=context.everything))
    return NetworkPolicy(
        metadata=context.metadata(name, COMPONENT),
        spec=NetworkPolicySpec(
            pod_selector=LabelSelector(match_labels=context.selector(name, COMPONENT)),
            egress=(network.DNS, EgressRule(to=(everything,), ports=PORTS)),
        ),
    )


def _ingress(context: ClusterContext, name: str) -> NetworkPolicy:
    """Return the policy that lets the Pod in, beside those of each process; it ends with the test."""
    peer = Peer(pod_selector=LabelSelector(match_labels=context.selector(name, COMPONENT)))
    return NetworkPolicy(
        metadata=context.metadata(f"{name}-ingress", COMPONENT),
        spec=NetworkPolicySpec(
            pod_selector=LabelSelector(match_labels=context.everything),
            policy_types=("Ingress",),
            ingress=(IngressRule(from_=(peer,), ports=PORTS),),
        ),
    )
