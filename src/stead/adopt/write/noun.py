"""Nouns: a sketch's parts as expressions, each with the names of `stead` that it uses."""

import shlex
from collections.abc import Mapping
from typing import Any

from stead.adopt.evidence import BuildPart
from stead.adopt.sketch import (
    CallSketch,
    EnvironmentSketch,
    GatewaySketch,
    ProcessSketch,
    Remark,
    ResourceSketch,
    RouteSketch,
    SettingSketch,
)
from stead.adopt.write.layout import Expression, Group, Item, call, several
from stead.model import Limits
from stead.model.setting import REQUIRED

BECAUSE = "found so when this was adopted"
USUAL = {"Postgres": "DATABASE_URL", "Redis": "REDIS_URL", "Bucket": "BUCKET_URL"}


def text(value: str) -> str:
    """Return a text in double quotes, unless it has some inside and no single ones."""
    shown = repr(value)
    return shown if shown[0] == '"' or '"' in shown else '"' + shown[1:-1].replace("\\'", "'") + '"'


def literal(value: Any) -> Expression:
    """Return one of Python's plain values."""
    match value:
        case str():
            return text(value)
        case tuple():
            return several([literal(each) for each in value], "()") if value else "()"
    return repr(value)


def remark_texts(remarks: tuple[Remark, ...]) -> tuple[str, ...]:
    return tuple(str(remark) for remark in remarks)


def setting(sketch: SettingSketch) -> Group:
    parts = [Item(text(sketch.name))]
    if sketch.type is not str:
        parts.append(Item(sketch.type.__name__))
    if sketch.default is not REQUIRED:
        parts.append(Item(literal(sketch.default), "default="))
    if sketch.secret:
        parts.append(Item("True", "secret="))
    if sketch.random:
        parts.append(Item("Dev.RANDOM", "dev="))
    if sketch.help:
        parts.append(Item(text(sketch.help), "help="))
    return call("Setting", *parts)


def resource(sketch: ResourceSketch) -> Group:
    items = [] if sketch.setting == USUAL[sketch.kind] else [Item(text(sketch.setting))]
    if sketch.parts:
        parts = tuple(Item(text(name), f"{text(form)}: ") for form, name in sketch.parts)
        items.append(Item(Group("{", parts, "}"), "parts="))
    return call(sketch.kind, *items)


def route(sketch: RouteSketch) -> Group:
    operation = [Item(text(sketch.operation))] if sketch.access == "service" else []
    return call(f"Route.{sketch.access}", Item(text(sketch.method)), Item(text(sketch.path)), *operation)


def calling(sketch: CallSketch, variable: str, *, later: bool) -> Group:
    """Return a call; to a process that is made later, by a function."""
    operations = [Item(text(operation)) for operation in sketch.operations]
    if not later:
        return call(f"{variable}.may", *operations)
    asked = Group("(", tuple(operations), ")") if operations else "()"
    return call("Call", Item(f"lambda: {variable}"), Item(asked), Item(text(BECAUSE), "because="))


def command(words: tuple[str, ...]) -> Expression:
    """Return a command: one text where a shell would read it the same."""
    joined = " ".join(words)
    return text(joined) if shlex.join(words) == joined else several([text(word) for word in words])


def build(part: BuildPart) -> Expression:
    """Return how an image is built: a folder where its Dockerfile is all there is to say."""
    if part == BuildPart(part.context):
        return text(part.context)
    items = [Item(text(part.context))]
    items += [Item(text(part.dockerfile))] if part.dockerfile != "Dockerfile" else []
    items += [Item(text(part.target), "target=")] if part.target else []
    if part.args:
        items.append(
            Item(Group("{", tuple(Item(text(value), f"{text(name)}: ") for name, value in part.args), "}"), "args=")
        )
    return call("Build", *items)


def limits(sketch: ProcessSketch) -> Group | None:
    """Return the limits, as far as they are not the usual ones."""
    usual = Limits()
    given = {"cpus": sketch.cpus, "memory": sketch.memory}
    other = {key: value for key, value in given.items() if value is not None and value != getattr(usual, key)}
    return call("Limits", *(Item(repr(value), f"{key}=") for key, value in other.items())) if other else None


def health(sketch: ProcessSketch) -> Group | None:
    """Return how it says that it is healthy; None for one that keeps the contract, or that is not asked."""
    if sketch.probe:
        return call("Health", Item(literal(sketch.probe), "probe="), Item("False", "contract="))
    if sketch.tcp:
        return call("Health", Item("True", "tcp="))
    return call("Health", Item(text(sketch.health)), Item("False", "contract=")) if sketch.health else None


def gateway(sketch: GatewaySketch, variables: Mapping[str, str]) -> Group:
    parts = [Item(text(sketch.name))]
    if sketch.users:
        parts.append(Item("Clerk()", "users="))
    parts.append(Item(several([variables[name] for name in sketch.fronts]), "fronts="))
    if sketch.origins:
        parts.append(Item(call("Cors", Item(literal(sketch.origins))), "cors="))
    if sketch.prefix:
        parts.append(Item(text(sketch.prefix), "prefix="))
    return call("Gateway", *parts)


def environment(sketch: EnvironmentSketch, variables: Mapping[str, str]) -> Group:
    parts = [Item(text(sketch.name))]
    if sketch.values:
        parts.append(Item(_values(sketch.values, variables)))
    if sketch.without:
        parts.append(Item(several([variables[name] for name in sketch.without], "()"), "without="))
    if sketch.namespace:
        parts.append(Item(call("Kubernetes", Item(text(sketch.namespace))), "kubernetes="))
    return call("Environment", *parts)


def _values(values: Mapping[str, Mapping[str, Any]], variables: Mapping[str, str]) -> Group:
    inner = {
        name: Group("{", tuple(Item(literal(value), f"{text(key)}: ") for key, value in sorted(given.items())), "}")
        for name, given in values.items()
    }
    return Group("{", tuple(Item(each, f"{variables[name]}: ") for name, each in inner.items()), "}")
