"""The promises of a description, and what of it makes each.

A target says of every promise how it keeps it, or is not a target. A test holds `MAKES` against the fields of the
nouns: a new field is a promise, or it says why it is none, and every target has then to be asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stead.model import Backend


@dataclass(frozen=True, slots=True)
class PromiseStatus:
    """How a target keeps one promise: a sentence for a backend. `fully` is False where a part is left to a person."""

    how: Callable[[Backend], str]
    fully: bool = True


PROMISES: Mapping[str, str] = {
    "names": "each process is found by its name, and by no other",
    "start": "each process starts as it is described: an app, a command, or an image",
    "version": "what answers says which version it is",
    "environments": "what differs between environments differs there, and nothing else does",
    "left out": "a service that an environment leaves out does not run there",
    "settings": "each process is told the settings that it declares, and is stopped where one is missing",
    "secrets": "a secret is in no rendered file, and reaches only those who declare it",
    "secrets by name": "a secrets service hands out what a call names, and nothing else",
    "databases": "a database, with a role of its own, for each process that needs one",
    "redis": "keys of its own in Redis for each process that needs them",
    "buckets": "a bucket with its policy, versions and lifecycle, and a user that reaches it alone",
    "data": "data outlives the process that wrote it",
    "migrations": "a schema is brought up to date before it is used, once, by one of its users",
    "invariants": "a service's data can be gone through for what must never be",
    "calls": "what is not declared is refused: no connection to whom nobody may call",
    "egress": "outside of the backend a service reaches what is declared, and nothing else",
    "operations": "a caller may ask for the operations that are declared, and for no others",
    "addresses": "each caller is told where those are whom it calls",
    "routes": "from outside only public and user routes are reached, and only of services that are fronted",
    "users": "who counts as a user is decided once, at the gateway",
    "roles": "a route for a role, or for the scope of a token, is refused to whoever has neither",
    "timeouts": "each route is answered in its time, or with 504",
    "traffic": "a body may be as large as its route says; declared streams, gRPC and WebSockets pass",
    "rate": "a client that asks too much is refused with 429",
    "origins": "browsers of the declared origins may ask, and no others",
    "health": "each process says on /health whether it is well, and is asked",
    "readiness": "nobody is sent to a process that is not ready",
    "liveness": "a process that ends, or hangs, is started again",
    "order": "resources, then jobs before, then services, then jobs after; jobs run once",
    "schedule": "a job with a schedule runs at its times, and never twice at once",
    "replicas": "as many of each service run as are described",
    "limits": "a process takes no more of the machine than is described",
    "stop": "a process that is told to stop finishes what it began",
    "logs": "what processes write is kept, and does not fill the disk",
    "hardening": "a process that is broken into can do little: no root, no new privileges, nothing to write on",
    "edits": "what the description changes of rendered files survives the next rendering",
}

NONE = "-"  # a field that promises nothing about what runs
_PROCESS = {
    "name": "names", "command": "start", "image": "start", "build": "start", "args": "start",
    "folder": "start", "settings": "settings", "secret_files": "settings",
    "needs": "databases redis buckets", "calls": "calls", "addresses": "addresses", "limits": "limits", "where": NONE,
}  # fmt: skip
_PIPELINE = dict.fromkeys(
    ("deploys", "checks", "artifacts", "platforms", "branch", "project", "pin_days", "where"), NONE
)
MAKES: Mapping[str, Mapping[str, str]] = {
    "Backend": {
        "name": "names", "services": "start", "gateway": "routes", "jobs": "order", "environments": "environments",
        "folder": "start", "registry": "start", "pipelines": NONE, "edits": "edits", "where": NONE,
    },
    "Service": {
        **_PROCESS, "app": "start", "values": "settings", "routes": "routes", "health": "health", "contract": NONE,
        "holds": "secrets by name", "replicas": "replicas", "invariants": "invariants",
        "port": "addresses",
        "request_limits": "routes",
        "worker": "start",
        "static": "start", "seed": NONE, "egress": "egress", "signs": "calls",
    },
    "Build": {"context": "start", "dockerfile": "start", "target": "start", "args": "start", "where": NONE},
    "Job": {**_PROCESS, "entry": "start", "runs": "order",
        "every": "schedule", "cron": "schedule", "timezone": "schedule"},
    "Gateway": {
        "name": "names", "users": "users", "fronts": "routes", "cors": "origins", "rate": "rate", "limits": "limits",
        "prefix": "routes", "engine": NONE, "where": NONE,
    },
    "Health": {
        "path": "health", "depends_on": "health", "contract": NONE, "probe": "health", "tcp": "health",
        "grpc": "health", "start_period": "health", "where": NONE,
    },
    "Route": {
        "method": "routes", "path": "routes", "access": "routes", "operation": "operations", "roles": "roles",
        "scope": "roles", "timeout": "timeouts", "credential": "users",
        "body": "traffic", "streams": "traffic", "websocket": "traffic", "grpc": "traffic",
        "where": NONE,
    },
    "Call": {"to": "calls", "operations": "operations", "keys": "secrets by name", "because": NONE, "where": NONE},
    "Resource": {"setting": "settings", "parts": "settings", "where": NONE},
    "Postgres": {"setting": "databases", "parts": "databases", "where": NONE},
    "Redis": {"setting": "redis", "parts": "redis", "where": NONE},
    "Bucket": {
        "setting": "buckets", "parts": "buckets", "where": NONE, "versioned": "buckets", "expire_days": "buckets",
    },
    "External": {
        "name": NONE, "setting": "addresses", "addresses": "addresses", "secret": "secrets", "waits": NONE,
        "where": NONE,
    },
    "Environment": {
        "name": "environments", "values": "settings", "without": "left out", "replicas": "replicas",
        "kubernetes": "environments", "infrastructure": "environments", "workers": "start",
        "where": NONE,
    },
    "Kubernetes": {
        "namespace": "environments", "host": "routes", "gateway": "routes", "gateway_class": "routes", "tls": "routes",
        "ingress": "calls", "monitoring": "calls", "pull_secret": "start", "secrets": "secrets", "values": "settings",
        "servers": "calls", "api_server": "calls", "egress": "calls", "autoscale": "replicas",
        "gateway_autoscale": "replicas", "gitops": NONE, "helm": NONE, "where": NONE,
    },
    "Server": {"port": "calls", "namespace": "calls", "labels": "calls", "cidr": "calls", "where": NONE},
    "Autoscale": {"minimum": "replicas", "maximum": "replicas", "cpu": "replicas", "where": NONE},
    "Secrets": {"where": NONE},
    "ExternalSecrets": {"store": "secrets", "path": "secrets", "cluster": "secrets", "where": NONE},
    "Vault": {
        "path": "secrets", "mount": "secrets", "role": "secrets", "documents": "secrets", "address": "secrets",
        "server": "calls", "auth": "secrets", "audience": "secrets", "registry": "start", "where": NONE,
    },
    "Gitops": {"repository": NONE, "revision": NONE, "namespace": NONE, "server": NONE, "tag": NONE, "where": NONE},
    "Infrastructure": {
        "provider": NONE, "state": NONE, "region": NONE, "cidr": NONE, "dns_zone": NONE, "sizes": NONE, "disk": NONE,
        "nodes": NONE, "external": NONE, "where": NONE,
    },
    "Workers": {"account": "start", "sources": "start", "compatibility_date": "start", "where": NONE},
    "Setting": {
        "name": "settings", "type": "settings", "default": "settings", "help": "settings", "secret": "secrets",
        "minimum": "settings", "dev": "settings",
    },
    "Limits": {"cpus": "limits", "memory": "limits", "pids": "limits", "where": NONE},
    "RequestLimits": {"body": "routes", "headers": "routes", "header_bytes": "routes", "where": NONE},
    "Cors": {"origins": "origins", "where": NONE},
    "Rate": {"per_second": "rate", "burst": "rate", "where": NONE},
    "IdentityProvider": {"where": NONE},
    "Clerk": {"roles_claim": "roles", "where": NONE},
    "Oidc": {
        "issuer": "users", "audience": "users", "keys": "users", "algorithm": "users", "roles_claim": "roles",
        "tenants_claim": "users", "name": "users", "where": NONE,
    },
    "Introspection": {"service": "users", "prefix": "users", "path": "users", "operation": "users", "where": NONE},
    "AccessTokens": {"service": "users", "keys": "users", "operation": "users", "where": NONE},
    "Pipeline": _PIPELINE,
    "Github": {**_PIPELINE, "file": NONE, "parts": NONE},
    "Gitlab": {**_PIPELINE, "parts": NONE, "tags": NONE},
    "Deploy": dict.fromkeys(("environment", "to", "on", "urls", "where"), NONE),
    "Artifacts": dict.fromkeys(("command", "paths", "where"), NONE),
    "Edge": {"caller": NONE, "callee": NONE, "call": "calls"},
}  # fmt: skip


def report(target: str, backend: Backend, keeps: Mapping[str, PromiseStatus]) -> str:
    """Return the page that says how a target keeps each promise."""
    rows = [f"| {name} | {about} | {_cell(backend, keeps[name])} |\n" for name, about in PROMISES.items()]
    head = f"# {backend.name}: how {target} keeps what the description promises\n\n"
    return head + "| | promise | kept by |\n|---|---|---|\n" + "".join(rows)


def _cell(backend: Backend, status: PromiseStatus) -> str:
    text = status.how(backend).replace("|", "\\|").replace("\n", " ")
    return text if status.fully else f"**in part:** {text}"
