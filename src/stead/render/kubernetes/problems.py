"""Promises of a description that a cluster cannot keep; each with its place and a remedy."""

from collections.abc import Iterator, Sequence

from stead.gateway.proxy.sidecar import LISTEN
from stead.model import Backend, Problem
from stead.model import wiring as symbol
from stead.model.egress import port_of
from stead.model.kubernetes import Vault
from stead.render.context import reads_files
from stead.render.kubernetes import secret
from stead.render.kubernetes.context import DATABASES, SHARED, ClusterContext, contexts
from stead.render.kubernetes.cron import schedule_of
from stead.render.kubernetes.network import servers_needed
from stead.render.kubernetes.vault import REGISTRY_JOB, ROLE_JOB

RESERVED = (SHARED, "argocd", "vault", DATABASES, ROLE_JOB, REGISTRY_JOB)
WAYS = 'set its address: Kubernetes(…, servers={{"{kind}": Server(port, namespace="…")}}), or cidr="…"'


def problems(backend: Backend) -> Sequence[Problem]:
    """Return the promises that the target cannot keep."""
    found: list[Problem] = []
    for context in contexts(backend):
        found += [*_names(context), *_registry(context), *_servers(context), *_values(context), *_secrets(context)]
        found += [*_replicas(context), *_programs(context), *_schedules(context), *_waves(context)]
        found += _egress(context)
    return list(dict.fromkeys(found))


def _names(context: ClusterContext) -> Iterator[Problem]:
    for process in context.described.processes:
        if process.name in RESERVED:
            message = f"in Kubernetes the name {process.name} belongs to a server or a helper of the backend"
            yield Problem("KUBERNETES011", message, process.where, "rename the process")


def _registry(context: ClusterContext) -> Iterator[Problem]:
    if not context.backend.registry:
        message = f"no registry is given from which {context.cluster.namespace} pulls the images"
        yield Problem("KUBERNETES012", message, context.backend.where, "set Backend(registry='ghcr.io/example')")


def _servers(context: ClusterContext) -> Iterator[Problem]:
    for process in context.described.ready:
        for kind in servers_needed(context, process):
            if kind not in context.cluster.servers:
                message = f"{process.name} needs {kind}, which has no address in {context.environment.name}"
                yield Problem("KUBERNETES013", message, context.cluster.where, WAYS.format(kind=kind), process.where)


def _values(context: ClusterContext) -> Iterator[Problem]:
    for process in context.described.processes:
        for wire in context.described.wires[process.name]:
            setting = wire.setting
            given = setting.name in context.cluster.values
            if isinstance(wire.value, symbol.Supplied) and setting.required and not setting.secret and not given:
                message = f"{process.name} requires {setting.name}, which {context.environment.name} does not set"
                mend = f"say Kubernetes(…, values={{'{setting.name}': …}})"
                yield Problem("KUBERNETES014", message, context.cluster.where, mend, process.where)


def _secrets(context: ClusterContext) -> Iterator[Problem]:
    if not isinstance(context.cluster.secrets, Vault):
        return
    for process in context.described.processes:
        if not reads_files(process) and secret.of_program(context, process):
            message = f"{process.name} reads its secrets from its environment, but Vault's agent writes files"
            kind = type(process).__name__
            mend = (
                f"let it read <NAME>_FILE and say {kind}(…, secret_files=True), or take secrets=Secrets() or"
                " ExternalSecrets(…) for this environment"
            )
            yield Problem("KUBERNETES015", message, process.where, mend, context.cluster.where)


def _programs(context: ClusterContext) -> Iterator[Problem]:
    """A program's own port is not the one at which its proxy is reached, in the same Pod."""
    for sidecar in context.sidecars.values():
        if sidecar.program.port == LISTEN:
            message = f"{sidecar.process.name} listens on {LISTEN}, where its proxy is reached in the same Pod"
            mend = "say port='PORT' and let it listen where that variable says, or port= another number"
            yield Problem("KUBERNETES017", message, sidecar.process.where, mend)


def _schedules(context: ClusterContext) -> Iterator[Problem]:
    for job in context.backend.jobs:
        if job.is_scheduled and schedule_of(job) is None:
            message = f"{job.name} runs every {job.every}, which a CronJob's fields cannot express"
            mend = "write every='5m' with a divisor of 60 minutes or of 24 hours, or cron='…'"
            yield Problem("KUBERNETES018", message, job.where, mend)


def _waves(context: ClusterContext) -> Iterator[Problem]:
    """A job before the services completes before any of them exists, so it must not call them."""
    running = {service.name for service in context.described.services}
    for job in (each for each in context.backend.jobs if each.runs == "before" and not each.is_scheduled):
        called = sorted({callee for caller, callee in context.described.calls if caller == job.name} & running)
        if called:
            message = f"{job.name} runs before the services, but calls {', '.join(called)}"
            yield Problem("KUBERNETES100", message, job.where, "set runs='after' or runs='beside', or remove the call")


def _egress(context: ClusterContext) -> Iterator[Problem]:
    """Each declared egress has an address for its port: a cluster refuses other connections."""
    for service in context.described.services:
        let_out = {server.port for server in context.cluster.egress.get(service, ())}
        for each in service.egress:
            if port_of(each) not in let_out:
                message = (
                    f"{service.name} reaches {each} outside, and {context.environment.name} lets it out to no such port"
                )
                mend = f"say Kubernetes(…, egress={{{service.name}: [Server({port_of(each)}, cidr='…')]}})"
                yield Problem("KUBERNETES019", message, service.where, mend, context.cluster.where)


def _replicas(context: ClusterContext) -> Iterator[Problem]:
    for service in context.described.services:
        if service in context.environment.replicas and service in context.cluster.autoscale:
            message = f"{service.name} has a number of replicas and an autoscaler, which conflict"
            yield Problem("KUBERNETES016", message, context.environment.where, "remove one of the two")
