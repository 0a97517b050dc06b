"""The rules of names that a description gives to a cluster.

They are names of existing objects: a wrong one is otherwise detected only when the API server refuses the manifest, or
when a policy without a namespace blocks every connection.
"""

import re
from collections.abc import Callable, Iterator

from stead.model.backend import Backend
from stead.model.kubernetes import ExternalSecrets, Kubernetes, Server, Vault
from stead.model.problem import Problem
from stead.model.source_location import SourceLocation

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and …/labels/
PART = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
SUBDOMAIN = re.compile(rf"(?=.{{1,253}}$){PART}(?:\.{PART})*")
NAMESPACE = re.compile(PART)
HOST = re.compile(rf"(?=.{{1,253}}$)(?:\*\.)?{PART}(?:\.{PART})+")
LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
LABEL_NAME = re.compile(rf"(?:{SUBDOMAIN.pattern}/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?")
ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?")
PATH = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")
OBJECT = "use lower-case letters, digits, hyphens and dots"
A_NAMESPACE = "use lower-case letters, digits and hyphens, 63 at most"
LONGEST = 63
LONGEST_SCHEDULED = 52  # a CronJob's Jobs are named after it, with eleven characters more
DENY = "-default-deny"
Given = tuple[str, object, Callable[[str], object], str, SourceLocation]


def names_are_those_of_objects(backend: Backend) -> Iterator[Problem]:
    """A name for the cluster is a valid name of an object there."""
    for environment in backend.environments:
        cluster = environment.kubernetes
        for word, name, fits, mend, where in _given(cluster) if cluster else ():
            if not isinstance(name, str) or not fits(name):
                yield Problem("KUBERNETES101", f"{word}={name!r} is not a valid name in a cluster", where, mend)


def _given(cluster: Kubernetes) -> Iterator[Given]:
    """Yield the given names, each with its rule."""
    subdomain = SUBDOMAIN.fullmatch
    names: list[Given] = [
        ("host", cluster.host, HOST.fullmatch, "write only the host: shop.example.com", cluster.where),
        ("gateway", cluster.gateway, _is_gateway, "write namespace/name of the Gateway", cluster.where),
        ("gateway_class", cluster.gateway_class, subdomain, OBJECT, cluster.where),
        ("tls", cluster.tls, subdomain, OBJECT, cluster.where),
        ("pull_secret", cluster.pull_secret, subdomain, OBJECT, cluster.where),
        ("ingress", cluster.ingress, NAMESPACE.fullmatch, A_NAMESPACE, cluster.where),
        ("monitoring", cluster.monitoring, NAMESPACE.fullmatch, A_NAMESPACE, cluster.where),
    ]
    yield from (each for each in names if each[1] != "")
    if cluster.gitops:
        yield "namespace", cluster.gitops.namespace, NAMESPACE.fullmatch, A_NAMESPACE, cluster.gitops.where
    if isinstance(cluster.secrets, ExternalSecrets):
        yield "store", cluster.secrets.store, subdomain, OBJECT, cluster.secrets.where
    if isinstance(cluster.secrets, Vault):
        yield from _of_vault(cluster.secrets)
    for server in _servers(cluster):
        yield from _of_server(server)


def _is_gateway(text: str) -> bool:
    namespace, slash, name = text.rpartition("/")
    return bool(SUBDOMAIN.fullmatch(name)) and (not slash or bool(NAMESPACE.fullmatch(namespace)))


def _of_vault(vault: Vault) -> Iterator[Given]:
    """A mount has neither `data/` behind it nor `auth/` before it: Stead adds them to the API's paths."""
    mount, auth = "write its mount path: kv", "write its mount path: kubernetes"
    yield (
        "mount",
        vault.mount,
        lambda text: _is_path(text, "v1", "sys") and not text.endswith("/data"),
        mount,
        vault.where,
    )
    yield "auth", vault.auth, lambda text: _is_path(text, "v1", "auth"), auth, vault.where
    yield "address", vault.address, ADDRESS.fullmatch, "write it as https://vault.vault.svc:8200", vault.where
    yield "audience", vault.audience, str.strip, "write the audience of the role, such as vault", vault.where
    if vault.role:
        yield (
            "role",
            vault.role,
            lambda text: _is_path(text) and "/" not in text,
            "use letters, digits and hyphens",
            vault.where,
        )


def _is_path(text: str, *before: str) -> bool:
    return bool(PATH.fullmatch(text)) and text.split("/")[0] not in before


def _servers(cluster: Kubernetes) -> Iterator[Server]:
    yield from cluster.servers.values()
    yield from (server for servers in cluster.egress.values() for server in servers)
    yield from (cluster.api_server,) if cluster.api_server else ()
    yield from (cluster.secrets.server,) if isinstance(cluster.secrets, Vault) else ()


def _of_server(server: Server) -> Iterator[Given]:
    if server.namespace:
        yield "namespace", server.namespace, NAMESPACE.fullmatch, A_NAMESPACE, server.where
    for name, value in server.labels.items():
        yield "labels", name, LABEL_NAME.fullmatch, "write the name of a label: app.kubernetes.io/name", server.where
        mend = "use letters, digits, '-', '_' and '.', 63 at most"
        yield "labels", value, LABEL_VALUE.fullmatch, mend, server.where


def names_leave_room(backend: Backend) -> Iterator[Problem]:
    """Derived names are short enough, too: a policy's label, a CronJob's Jobs, an Application of Argo CD."""
    clusters = [(environment, environment.kubernetes) for environment in backend.environments if environment.kubernetes]
    if clusters and len(backend.name) > LONGEST - len(DENY):
        message = f"{backend.name}{DENY} is a label, and has {len(backend.name + DENY)} characters"
        yield Problem("KUBERNETES002", message, backend.where, f"shorten the backend's name to {LONGEST - len(DENY)}")
    for job in backend.jobs if clusters else ():
        if job.is_scheduled and len(job.name) > LONGEST_SCHEDULED:
            message = f"{job.name} is the name of a CronJob, and has {len(job.name)} characters"
            yield Problem("KUBERNETES002", message, job.where, f"shorten it to {LONGEST_SCHEDULED}")
    for environment, cluster in clusters:
        for process in backend.processes if cluster.gitops else ():
            name = f"{backend.name}-{environment.name}-{process.name}"
            if len(name) > LONGEST:
                message = f"Argo CD labels what it syncs with {name}, which has {len(name)} characters"
                yield Problem("KUBERNETES002", message, process.where, f"shorten one of the names: {LONGEST} together")


RULES = (names_are_those_of_objects, names_leave_room)
