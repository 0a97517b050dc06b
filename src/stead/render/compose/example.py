"""Examples of the env files: every variable that a person may set, with its help."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stead.model import Backend
from stead.model import wiring as symbol
from stead.model.environment_value import as_text
from stead.render.compose import bucket, public_bucket
from stead.render.compose.context import ComposeContext
from stead.render.compose.process import image_variable, port_variable, ports, supplied
from stead.render.compose.secret import ProvidedSecret, wanted
from stead.render.compose.store import PORTS
from stead.render.compose.text import PassedThrough, Var
from stead.render.docker.pin import DEBIAN, ENVOY, POSTGRES, REDIS, S3, STEAD

PINS = {"postgres": POSTGRES, "redis": REDIS, "s3": S3}


@dataclass(frozen=True, slots=True)
class Line:
    """One variable; `required` ones stand as they are, the others as comments."""

    name: str
    value: str
    about: str
    required: bool

    def __str__(self) -> str:
        return f"# {self.about}\n{'' if self.required else '#'}{self.name}={self.value}\n"


def files(backend: Backend) -> Mapping[str, str]:
    """Return the examples by name: one for each environment, and one of all variables."""
    contexts = [ComposeContext(backend, environment) for environment in backend.environments]
    found = {f".env.{context.short}.example": _of_environment(context) for context in contexts}
    return {".env.example": _of_all(contexts)} | found


def _of_environment(context: ComposeContext) -> str:
    name = f".env.{context.short}"
    files = f"-f compose.yaml -f compose.{context.short}.yaml"
    head = (
        f"# 1. Copy this to {name}, which git does not see, and fill in what is empty.\n"
        f"# 2. stead render --secrets {context.environment.name}\n"
        f"#    makes the files in secrets/{context.short}/ from it.\n"
        f"# 3. docker compose --env-file {name} {files} up --wait\n"
        f"# In this order: without 2, Compose says that an env file or a secret is not found. No container is handed\n"
        f"# this file.\n"
    )
    return "\n".join([head, *map(str, _lines(context))])


def _of_all(contexts: list[ComposeContext]) -> str:
    head = "# Every variable of every environment. Copy the example of the environment instead.\n"
    found: dict[str, Line] = {}
    for context in contexts:
        for line in _lines(context):
            if line.name not in found or (line.required and not found[line.name].required):
                found[line.name] = line
    return "\n".join([head, *(str(found[name]) for name in sorted(found))])


def _lines(context: ComposeContext) -> Iterator[Line]:
    yield Line("VERSION", "" if not context.is_dev else "dev", f"{symbol.VERSION.help}", not context.is_dev)
    yield from _settings(context)
    yield from _secrets(context)
    if not context.is_dev:
        for image in sorted(context.bases):
            yield Line(image_variable(image).name, "", f"The image of {image}, registry/name@sha256:….", required=True)
    yield from _places(context)
    bases = {base for each in context.bases.values() for base in each} if context.is_dev else set()
    for base in sorted(bases):
        about = "The base image of a build, instead of the one that the Dockerfile pins."
        yield Line(base, "", "Stead as a version, or the URL of a wheel." if base == STEAD else about, required=False)
    last = any(job.runs != "before" and not job.is_scheduled for job in context.backend.jobs)
    waiting = [DEBIAN] * (last and DEBIAN.name not in bases)
    for pin in (
        [ENVOY] * bool(context.backend.gateway or context.sidecars)
        + waiting
        + [PINS[server] for server in context.servers]
    ):
        yield Line(pin.name, pin.image, "An image instead of the pinned one.", required=False)


def _settings(context: ComposeContext) -> Iterator[Line]:
    """Yield each var that a person sets, once, with its readers."""
    found: dict[str, tuple[symbol.Wire, list[str]]] = {}
    for process in context.processes:
        for wire in context.wires[process.name]:
            if isinstance(wire.value, symbol.Supplied) and not wire.setting.secret:
                found.setdefault(wire.setting.name, (wire, []))[1].append(process.name)
    for name, (wire, readers) in sorted(found.items()):
        value = supplied(context, wire.setting, context.processes[0])
        required = isinstance(value, Var) and value.default is None
        shown = value.default if isinstance(value, Var) and value.default else _default(wire, value)
        yield Line(name, shown, f"{wire.setting.help} ({', '.join(readers)})", required)


def _default(wire: symbol.Wire, value: object) -> str:
    default = None if wire.setting.required or not isinstance(value, PassedThrough) else wire.setting.default
    return "" if default is None else as_text(default)


def _places(context: ComposeContext) -> Iterator[Line]:
    if context.backend.gateway:
        yield Line(
            "GATEWAY_PORT", "8080", "The port of this machine on which the gateway is published.", required=False
        )
        if not context.is_dev:
            address = "The address of this machine on which the gateway is published."
            yield Line("GATEWAY_ADDRESS", "0.0.0.0", address, required=False)  # noqa: S104 - the edge
        hops = "The number of proxies in front of the gateway whose X-Forwarded-For is trusted."
        yield Line("TRUSTED_HOPS", "0", hops, required=False)
    if public_bucket.is_public(context) and not context.is_dev:
        yield Line(public_bucket.VARIABLE, "", public_bucket.ABOUT, required=True)
    published = {service.name: "" for service in context.services if ports(context, service)}
    published |= {server: str(PORTS[server]) for server in context.servers if context.is_dev}
    for name, port in sorted(published.items()):
        fixed = name == bucket.NAME and public_bucket.is_public(context)
        empty = f"{port}, which signed links name" if fixed else "a free one"
        about = f"The port of this machine on which {name} is published; empty: {empty}."
        yield Line(port_variable(name), port, about, required=False)


def _secrets(context: ComposeContext) -> Iterator[Line]:
    """Yield the secrets that a person sets; in dev they are generated."""
    for name, kind in wanted(context).items():
        if isinstance(kind, ProvidedSecret):
            made = context.is_dev and kind.setting.dev is not None
            about = f"Secret. {kind.setting.help}{' Generated if it is empty.' if made else ''}"
            yield Line(name, "", about, kind.setting.required and not made)
