"""How Kubernetes keeps each promise of a description."""

from collections.abc import Callable, Mapping

from stead.gateway.proxy.program import is_proxied
from stead.model import Backend
from stead.model.kubernetes import ExternalSecrets, Vault
from stead.render import external
from stead.render.docker.image_kind import PORT, kind_of
from stead.render.egress import egress
from stead.render.kubernetes.context import contexts
from stead.render.promise import PromiseStatus


def _constant(sentence: str) -> Callable[[Backend], str]:
    return lambda _: sentence


def _environments(backend: Backend) -> str:
    places = [f"`{each.environment.name}` in the namespace `{each.cluster.namespace}`" for each in contexts(backend)]
    return "; ".join(places)


def _secrets(backend: Backend) -> str:
    lines = []
    for context in contexts(backend):
        source = context.cluster.secrets
        kinds = {Vault: "files that Vault's agent writes", ExternalSecrets: "the External Secrets operator"}
        lines.append(f"{context.environment.name}: {kinds.get(type(source), 'Secrets by name, made by a person')}")
    rotated = "; a secret that is rotated reaches a process when its Pods are made anew (`kubectl rollout restart`)"
    return "; ".join(lines) + rotated


def _operations(backend: Backend) -> str:
    programs = [service.name for service in backend.services if is_proxied(service)]
    means = "each caller's key, and what it may, in the callee's keyring: `SERVICE_JWT_KEYS`"
    return means + (f"; a proxy in the Pod does it for {', '.join(programs)}" if programs else "")


def _start(backend: Backend) -> str:
    given = [service.name for service in backend.services if kind_of(service) == "image"]
    return "images by digest, of `deploy/releases`" + (f"; as they are: {', '.join(given)}" if given else "")


def _addresses(backend: Backend) -> str:
    return f"`http://<name>:{PORT}` in the setting that the caller reads" + external.addresses(backend)


def _calls(backend: Backend) -> str:
    count = {context.environment.name: len(context.permitted) for context in contexts(backend)}
    text = ", ".join(f"{name}: {number} calls" for name, number in count.items())
    return f"NetworkPolicies: everything is refused, then each declared call is let through ({text})"


KEEPS: Mapping[str, PromiseStatus] = {
    "names": PromiseStatus(_constant("Services, resolved by the cluster's DNS; who may connect is a policy's affair")),
    "start": PromiseStatus(_start),
    "version": PromiseStatus(_constant("`VERSION`, and the label `app.kubernetes.io/version`, of `deploy/releases`")),
    "environments": PromiseStatus(_environments),
    "left out": PromiseStatus(_constant("no file is written for it")),
    "settings": PromiseStatus(_constant("`env`, each a text; what nobody says is an error when it is rendered")),
    "secrets": PromiseStatus(_secrets),
    "secrets by name": PromiseStatus(_constant("the keyring of the secrets service, in its `SERVICE_JWT_KEYS`")),
    "databases": PromiseStatus(
        _constant("the Job `postgres-databases` makes each on the server, where it is not there")
    ),
    "redis": PromiseStatus(
        _constant("a URL of its own, among its secrets; the server's users are made by its owner"), False
    ),
    "buckets": PromiseStatus(_constant("a URL of its own, among its secrets; the bucket is made by its owner"), False),
    "data": PromiseStatus(
        _constant("the servers are beside the backend: no volume is made here, so none is lost here"), False
    ),
    "migrations": PromiseStatus(
        _constant("services made with the kit migrate when they start, one at a time, under a lock, or by a job before")
    ),
    "invariants": PromiseStatus(
        _constant("`stead backup drill` restores into a scratch database and asks the service")
    ),
    "calls": PromiseStatus(_calls),
    "egress": PromiseStatus(
        egress("NetworkPolicies let out to the addresses of `Kubernetes(egress=…)` alone: a policy knows no host names")
    ),
    "operations": PromiseStatus(_operations),
    "addresses": PromiseStatus(_addresses),
    "routes": PromiseStatus(
        _constant(
            "Services are ClusterIP; an HTTPRoute leads to the gateway alone, whose routes are derived at its start"
        )
    ),
    "users": PromiseStatus(_constant("Envoy verifies credentials; the agent beside it fetches key sets")),
    "roles": PromiseStatus(_constant("Envoy's guard, and again the service itself")),
    "timeouts": PromiseStatus(
        _constant(
            "Envoy, by route; the HTTPRoute's is a second longer than the longest, and none where a route streams"
        )
    ),
    "rate": PromiseStatus(_constant("Envoy's local rate limit: each replica of the gateway counts for itself"), False),
    "origins": PromiseStatus(_constant("Envoy's CORS filter")),
    "health": PromiseStatus(_constant("startup, liveness and readiness probes, each with a path of its own")),
    "readiness": PromiseStatus(_constant("a Pod that is not ready is in no Service")),
    "liveness": PromiseStatus(_constant("the kubelet restarts what ends, or does not answer its liveness probe")),
    "order": PromiseStatus(
        _constant(
            "sync waves: accounts and policies, databases, jobs before, services, jobs after; `stead ship` waits too."
            " A job is ended after ten minutes, and one that fails is tried three times more"
        )
    ),
    "schedule": PromiseStatus(
        _constant(
            "CronJobs in a time zone, `concurrencyPolicy: Forbid`; missed times are skipped, and a run is ended after"
            " ten minutes"
        )
    ),
    "traffic": PromiseStatus(
        _constant("as on this machine: Envoy passes on sockets and streams, and holds a body to its route's limit")
    ),
    "replicas": PromiseStatus(_constant("`replicas`, or an autoscaler; a disruption budget where more than one runs")),
    "limits": PromiseStatus(
        _constant("CPU and memory of each container; processes are the node's `podPidsLimit`"), False
    ),
    "stop": PromiseStatus(_constant("5 s until no proxy sends anybody more, SIGTERM, and 15 s for what was begun")),
    "logs": PromiseStatus(_constant("the kubelet rotates what containers write")),
    "hardening": PromiseStatus(
        _constant("Pod Security `restricted`, a root that cannot be written, no token of the API server, user 10001")
    ),
    "edits": PromiseStatus(_constant("functions on `Deployment`, `Job`, `NetworkPolicy` …, in `Backend(edits=[…])`")),
}
