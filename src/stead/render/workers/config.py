"""A Worker's configuration for wrangler, as typed values: one file a process, with every environment whole.

wrangler inherits no vars, bindings or secrets into an environment, so that each has all of its own. What stands above
the environments deploys nothing by itself: it has no binding, no var, and no address.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from stead.model import AnyService, Gateway
from stead.model import wiring as symbol
from stead.model.environment_value import as_text
from stead.render.workers.container_image import ContainerImage, container_image
from stead.render.workers.context import Deployed, WorkersContext

ENTRY = "index.js"
CLASS = "Service"
PERIOD = 10  # seconds; Cloudflare counts over 10 or 60


@dataclass(frozen=True, slots=True)
class ServiceBinding:
    """Another Worker of the same environment, with its name in the code."""

    binding: str
    service: str


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The rate limit of one client: `limit` requests in ten seconds."""

    namespace: str
    limit: int


@dataclass(frozen=True, slots=True)
class WranglerEnvironment:
    """One environment of a Worker, whole.

    name        the Worker's own name: another environment's Worker is another Worker
    public      True where it has an address on workers.dev
    vars        its values; ENVIRONMENT is among them, VERSION is given by the deploy
    secrets     names of those that it must have
    more        further keys of wrangler's configuration, for an edit: routes, kv_namespaces, placement, …
    """

    name: str
    account: str
    public: bool
    vars: Mapping[str, str]
    secrets: tuple[str, ...]
    services: tuple[ServiceBinding, ...] = ()
    container: ContainerImage | None = None
    rate: RateLimit | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WranglerConfig:
    """A `wrangler.jsonc`."""

    service: str
    name: str
    main: str
    compatibility_date: str
    environments: Mapping[str, WranglerEnvironment]


def wrangler_config(process: Deployed, contexts: tuple[WorkersContext, ...]) -> WranglerConfig:
    """Return the configuration of a process in all environments that are deployed to Workers."""
    here = [context for context in contexts if process in context.processes]
    return WranglerConfig(
        process.name,
        f"{here[0].backend.name}-{process.name}",
        ENTRY,
        min(context.workers.compatibility_date for context in here),
        {context.environment.name: _environment(process, context) for context in here},
    )


def _environment(process: Deployed, context: WorkersContext) -> WranglerEnvironment:
    container = context.kind_of(process) == "container"
    callees = {} if container else context.callees(process)
    return WranglerEnvironment(
        name=context.worker_name(process),
        account=context.workers.account,
        public=context.is_public(process),
        vars=dict(_vars(process, context)),
        secrets=tuple(setting.name for setting in context.secrets(process, required=True)),
        services=tuple(ServiceBinding(name, context.worker_name(callee)) for name, callee in callees.items()),
        container=_container(process, context) if container and not isinstance(process, Gateway) else None,
        rate=_rate(process, context) if isinstance(process, Gateway) else None,
    )


def _vars(process: Deployed, context: WorkersContext) -> Iterator[tuple[str, str]]:
    addresses = context.addresses(process)
    for wire in context.wires[process.name]:
        name = wire.setting.name
        if wire.setting.secret or name in addresses:
            continue
        text = _text(wire, context)
        if text is not None:
            yield name, text


def _text(wire: symbol.Wire, context: WorkersContext) -> str | None:
    """Return a var's value; None for values of the deploy, for secrets, and for settings without a meaning there."""
    match wire.value:
        case symbol.EnvironmentName():
            return context.environment.name
        case symbol.Text(text):
            return as_text(text)
        case symbol.UrlOf(callee):
            return f"https://{callee.name}"
        case symbol.Keyring(_, callers):
            return keyring_text(callers)
        case symbol.Supplied() if not wire.setting.required and wire.setting.default not in (None, "", ()):
            return as_text(wire.setting.default)
    return None


def keyring_text(callers: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """Return the keyring of shared-secret mode: callers and operations; the key is a separate secret."""
    keys = [{"kid": name, "may": sorted(may), "kty": "oct"} for name, may in sorted(callers)]
    return json.dumps({"keys": keys}, separators=(",", ":"))


def _container(process: AnyService, context: WorkersContext) -> ContainerImage:
    instances = context.environment.replicas.get(process, process.replicas)
    return container_image(process, context.backend, instances)


def _rate(gateway: Gateway, context: WorkersContext) -> RateLimit:
    """Each environment counts by itself: the namespace is a number of the account's own."""
    number = 1000 + [each.name for each in context.backend.environments].index(context.environment.name)
    return RateLimit(str(number), gateway.rate.per_second * PERIOD)
