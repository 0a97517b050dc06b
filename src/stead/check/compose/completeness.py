"""Completeness: a stack has all that is described, and all that its containers name, where they look for it."""

from collections.abc import Iterator

from stead.check.compose.stack import Container, Stack, stacks
from stead.check.context import Context
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.model import Problem
from stead.model.wiring import UrlOf

LISTENS = "8000"  # what the renderer tells every service


@rule("COMPOSE029")
def callers_have_the_addresses_of_callees(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a caller is given the name and the port of whom it calls.

    Inside a network `localhost` is the caller itself, and a published port is none of the container's. A token for one
    service that is sent to another is refused at best. Write `http://<name>:8000`; a program that has a proxy asks that
    one, at the port of the call.
    """
    for stack in stacks(context):
        for container in stack.containers:
            for wire in stack.expected.wires(container.name) if stack.expected else ():
                value = container.config.get("environment", wire.setting.name)
                if isinstance(wire.value, UrlOf) and value is not None and "$" not in value.text:
                    expected = _address(stack, container.name, wire.value.service.name)
                    if value.text.rstrip("/") != expected:
                        message = f"{container.name} looks for {wire.value.service.name} at {value.text}"
                        yield Problem("COMPOSE029", message, value.place, f"write {expected}")


def _address(stack: Stack, caller: str, callee: str) -> str:
    sidecars = stack.expected.context.sidecars if stack.expected else {}
    if caller in sidecars:
        return sidecars[caller].url(callee)
    if callee in sidecars:  # the proxy has the usual port, wherever its program listens
        return f"http://{callee}:{LISTENS}"
    other = stack.named.get(callee)
    return f"http://{callee}:{(other and other.config.text_at('environment', 'PORT')) or LISTENS}"


@rule("COMPOSE030")
def everything_runs(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a stack has every service and job of its environment.

    One that is not there is not started, and nothing says so: the others wait for its answers in vain. Only what the
    description leaves out of an environment may be missing.
    """
    for stack in stacks(context):
        named = stack.expected.processes.keys() if stack.expected else set()
        whole = 2 * len(named & stack.named.keys()) >= len(named)  # fewer are a part of something, and meant to be
        for name in sorted(named - stack.named.keys()) if whole else ():
            members = stack.merged.members["services"]
            message = f"{name} is in no Compose file, so it does not run"
            mend = f"add {name}, or leave it out in the description"
            yield Problem("COMPOSE030", message, members.place, mend, stack.processes[name].where)


@rule("COMPOSE032")
def what_is_named_is_defined(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the networks, volumes, secrets and services that a container names are defined.

    Compose refuses the whole file otherwise, on the machine where it is to run. Define it at the end of the file, or
    fix the name.
    """
    for stack in stacks(context):
        kinds = ("networks", "volumes", "secrets", "services")
        defined = {kind: {name for name, _ in stack.merged.each(kind)} for kind in kinds}
        defined["networks"].add("default")
        for container in stack.containers:
            for kind, name, item in _named(container):
                if name not in defined[kind]:
                    message = f"{container.name} names {name}, which is not among the {kind}"
                    yield Problem("COMPOSE032", message, item.place, f"define {name} in {kind}:, or fix the name")


def _named(container: Container) -> Iterator[tuple[str, str, MergedConfig]]:
    for name, item in container.config.each("networks"):
        yield "networks", name, item
    for name, item in container.config.each("depends_on"):
        yield "services", name, item
    for _, item in container.config.each("secrets"):
        yield "secrets", item.text_at("source") or item.text, item
    for _, item in container.config.each("volumes"):
        source = item.text_at("source") if item.text_at("type") == "volume" else item.text.partition(":")[0]
        if source and (item.text.count(":") or item.members) and not source.startswith((".", "/", "~", "$")):
            yield "volumes", source, item


RULES = (callers_have_the_addresses_of_callees, everything_runs, what_is_named_is_defined)
