"""The processes of a backend in one environment's namespace, and the names of their objects."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from stead.gateway.deployment import Socket
from stead.gateway.proxy.program import is_proxied
from stead.gateway.proxy.sidecar import LOOPBACK, Sidecar
from stead.model import AnyService, Backend, Clerk, Environment, Gateway, Job, Oidc, Process, Service
from stead.model.kubernetes import Autoscale, Kubernetes
from stead.render.context import MAKERS, EnvironmentContext
from stead.render.docker.image_kind import PYTHON, image_of
from stead.render.kubernetes import release
from stead.render.kubernetes.core import LocalObjectReference, Metadata, ServiceAccount
from stead.render.kubernetes.release import Release

FOLDER = "kubernetes"
SHARED = "common"
DATABASES = MAKERS["postgres"]
GATEWAY_REPLICAS = 2
PROGRAM_PORT = 8001
_NOT_IN_A_LABEL = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True)
class ClusterContext:
    """One backend in one environment of a cluster.

    shipped  the release that is rendered; None: the one that is written beside the description
    """

    backend: Backend
    environment: Environment
    cluster: Kubernetes
    shipped: Release | None = None

    @cached_property
    def described(self) -> EnvironmentContext:
        """The common context of all targets: calls, parts of servers, settings."""
        return EnvironmentContext(self.backend, self.environment)

    @cached_property
    def release(self) -> Release:
        return self.shipped or release.read(self.backend, self.environment)

    @cached_property
    def instance(self) -> str:
        return f"{self.backend.name}-{self.environment.name}"

    @property
    def makes_databases(self) -> bool:
        """Return whether the environment has a PostgreSQL server."""
        return "postgres" in self.described.servers

    def image(self, process: AnyService | Job) -> str:
        return process.image or self.release.image(self.backend, image_of(process))

    @property
    def python_image(self) -> str:
        return self.release.image(self.backend, PYTHON)

    def selector(self, name: str, component: str) -> dict[str, str]:
        """Return the labels by which Pods are selected; they never change, since a selector cannot."""
        return {
            "app.kubernetes.io/component": component,
            "app.kubernetes.io/instance": self.instance,
            "app.kubernetes.io/name": name,
        }

    def labels(self, name: str, component: str) -> dict[str, str]:
        return self.selector(name, component) | {
            "app.kubernetes.io/managed-by": "stead",
            "app.kubernetes.io/part-of": self.backend.name,
            "app.kubernetes.io/version": label_value(self.release.version),
        }

    @property
    def everything(self) -> dict[str, str]:
        """Return the label that every Pod of the backend has."""
        return {"app.kubernetes.io/instance": self.instance}

    def metadata(self, name: str, component: str, annotations: dict[str, str] | None = None) -> Metadata:
        return Metadata(
            name=name,
            namespace=self.cluster.namespace,
            labels=self.labels(name, component),
            annotations=annotations or {},
        )

    def autoscale(self, process: Process) -> Autoscale | None:
        if isinstance(process, Gateway):
            return self.cluster.gateway_autoscale
        return None if isinstance(process, Job) else self.cluster.autoscale.get(process)

    def replicas(self, process: Process) -> int:
        """Return the number of replicas; with an autoscaler the minimum."""
        scale = self.autoscale(process)
        if scale:
            return scale.minimum
        if isinstance(process, Gateway):
            return GATEWAY_REPLICAS
        return 1 if isinstance(process, Job) else self.described.replicas(process)

    @cached_property
    def permitted(self) -> frozenset[tuple[str, str]]:
        """The permitted connections, including those of the gateway to its issuers of keys."""
        pairs = set(self.described.calls)
        gateway = self.backend.gateway
        if gateway:
            names = {service.name for service in self.described.services}
            asked_callees = {call.callee.name for provider in gateway.providers for call in provider.calls}
            pairs |= {(gateway.name, name) for name in asked_callees & names}
        return frozenset(pairs)

    @cached_property
    def callers(self) -> dict[str, tuple[str, ...]]:
        return self._overrides(1, 0)

    @cached_property
    def callees(self) -> dict[str, tuple[str, ...]]:
        return self._overrides(0, 1)

    def _overrides(self, of: int, other: int) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for pair in sorted(self.permitted):
            found.setdefault(pair[of], []).append(pair[other])
        return {name: tuple(names) for name, names in found.items()}

    @cached_property
    def sidecars(self) -> dict[str, Sidecar]:
        """The proxy of each program, by the program's name; in a Pod the two share the loopback."""
        found = {}
        for process in filter(is_proxied, self.described.ready):
            assert not isinstance(process, Gateway)
            program = Socket(LOOPBACK, own_port(process))
            found[process.name] = Sidecar(self.backend, process, program)
        return found

    @cached_property
    def components(self) -> dict[str, str]:
        return {process.name: component_of(process) for process in self.described.processes}


def contexts(backend: Backend) -> Iterator[ClusterContext]:
    """Yield the environments that run in a cluster."""
    for environment in backend.environments:
        if environment.kubernetes:
            yield ClusterContext(backend, environment, environment.kubernetes)


def component_of(process: Process) -> str:
    if isinstance(process, Gateway):
        return "gateway"
    return "job" if isinstance(process, Job) else "service"


def own_port(process: AnyService | Job) -> int:
    """Return where a program listens behind its proxy, which has the port at which it is called."""
    return process.port if isinstance(process, Service) and isinstance(process.port, int) else PROGRAM_PORT


def label_value(text: str) -> str:
    """Return a text as a label can hold it: 63 characters, no others than letters, digits, dots, hyphens."""
    return _NOT_IN_A_LABEL.sub("-", text)[:63].strip("-._") or release.UNRELEASED


def fetches_keys(gateway: Gateway) -> bool:
    """Return whether a gateway's agent fetches key sets from outside of the backend."""
    return any(isinstance(provider, (Clerk, Oidc)) for provider in gateway.providers)


def account(context: ClusterContext, name: str, component: str, annotations: dict[str, str]) -> ServiceAccount:
    """Return the account of a process: nothing but its Pods uses it."""
    secret = context.cluster.pull_secret
    return ServiceAccount(
        metadata=context.metadata(name, component, annotations),
        image_pull_secrets=(LocalObjectReference(name=secret),) if secret else (),
    )
