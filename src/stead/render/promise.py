"""The promises of a description, and the fields that make each.

Every target must state how it keeps each promise. A test compares `MAKES` with the fields of the nouns: a new field
belongs to a promise, or has a reason why not, and every target must cover it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stead.model import Backend


@dataclass(frozen=True, slots=True)
class PromiseStatus:
    """How a target keeps one promise: a sentence for a backend. `fully` is False when a person does a part."""

    how: Callable[[Backend], str]
    fully: bool = True


PROMISES: Mapping[str, str] = {
    "names": "each process is found by its name, and by no other",
    "start": "each process starts as described: an app, a command, or an image",
    "version": "each process reports its version",
    "environments": "environments differ in what the description says, and in nothing else",
    "left out": "a service that an environment leaves out does not run there",
    "settings": "each process gets the settings that it declares, and does not start when one is missing",
    "secrets": "no rendered file holds a secret, and only a process that declares a secret gets it",
    "secrets by name": "the secrets service returns only the keys that a call names",
    "databases": "each process that needs a database has its own, with its own role",
    "redis": "each process that needs Redis has its own user and its own keys",
    "buckets": "each bucket has its policy, versions and lifecycle, and a user that can access nothing else",
    "data": "data remains when the process that wrote it ends",
    "migrations": "migrations run once, before the schema is used",
    "invariants": "a command checks a service's data against its invariants",
    "calls": "a connection that no declared call allows is refused",
    "egress": "a service can reach only declared addresses outside the backend",
    "operations": "a caller may use only the operations that its call declares",
    "addresses": "each caller gets the address of each callee",
    "routes": "from outside, only public and user routes of fronted services can be reached",
    "users": "the gateway alone decides who is a user",
    "roles": "a route that requires a role or a scope refuses a user or a token without it",
    "timeouts": "each route answers within its timeout, or with 504",
    "traffic": "a body may be as large as its route allows; declared streams, gRPC and WebSockets work",
    "rate": "a client above its rate limit gets 429",
    "origins": "only pages of the declared origins may send requests",
    "health": "each process reports its health at /health, and is probed there",
    "readiness": "a process that is not ready gets no requests",
    "liveness": "a process that ends or hangs is restarted",
    "order": "resources start first, then the jobs before, then services, then the jobs after; jobs run once",
    "schedule": "a scheduled job runs at its times, and never twice at the same time",
    "replicas": "each service has the described number of replicas",
    "limits": "a process uses no more CPU and memory than described",
    "stop": "a process that is asked to stop finishes its requests first",
    "logs": "the output of processes is kept, and does not fill the disk",
    "hardening": "a compromised process can do little: it has no root, no new privileges and no writable files",
    "edits": "edits that the description makes to rendered files survive the next rendering",
}

NONE = "-"  # a field that makes no promise about what runs
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
        "minimum": "settings", "dev": "settings", "several": "secrets",
    },
    "HostOf": {"service": "addresses"},
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
    """Return the page about how a target keeps each promise."""
    rows = [f"| {name} | {about} | {_cell(backend, keeps[name])} |\n" for name, about in PROMISES.items()]
    head = f"# {backend.name}: how {target} keeps what the description promises\n\n"
    return head + "| | promise | kept by |\n|---|---|---|\n" + "".join(rows)


def _cell(backend: Backend, status: PromiseStatus) -> str:
    text = status.how(backend).replace("|", "\\|").replace("\n", " ")
    return text if status.fully else f"**in part:** {text}"
