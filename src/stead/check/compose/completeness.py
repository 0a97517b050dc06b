"""Completeness: a stack has all that is described, and all that its containers name, where they look for it."""

from collections.abc import Iterator

from stead.check.compose.project import defined, is_defined_elsewhere
from stead.check.compose.stack import Container, Stack, is_delivered, own_stacks, stacks
from stead.check.context import Context
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.model import Problem

KINDS = ("networks", "volumes", "secrets", "services", "configs")
DEFAULT = "default"  # the network that Compose makes by itself


@rule("COMPOSE030")
def everything_runs(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an environment's Compose files have all its services and jobs.

    A missing one is not started, without any message, and its callers time out. Only a service that the environment
    leaves out may be missing.
    """
    for stack in stacks(context):
        named = stack.expected.processes.keys() if stack.expected else set()
        whole = 2 * len(named & stack.named.keys()) >= len(named)  # with fewer it is a part of another file
        for name in sorted(named - stack.named.keys()) if whole else ():
            members = stack.merged.members["services"]
            message = f"{name} is in no Compose file, so it does not run"
            mend = f"add {name}, or leave it out in the description"
            yield Problem("COMPOSE030", message, members.place, mend, stack.processes[name].where)


@rule("COMPOSE032")
def what_is_named_is_defined(context: Context) -> Iterator[Problem]:
    """The networks, volumes, secrets, configs and services that a container names are defined.

    Otherwise Compose refuses the whole file on the target machine. Define it at the end of the file, or fix the name.
    Outside of `deploy/`, a Compose file may name what another file of its folder defines, or what it includes; an
    overlay (`compose.ci.yaml`) may name what any of them defines. A name that a file of another folder defines, or an
    example of an override beside it, is reported with `--strict`.
    """
    for stack in (*stacks(context), *own_stacks(context)):
        known = {kind: _defined(context, stack, kind) for kind in KINDS}
        for container in stack.containers:
            for kind, name, item in _named(container):
                if name not in known[kind] and "$" not in name:
                    message = f"{container.name} names {name}, which is not among the {kind}"
                    mend, sure = f"define {name} in {kind}:, or fix the name", _is_missing(context, stack, kind, name)
                    yield Problem("COMPOSE032", message, item.place, mend, sure=sure)


def _is_missing(context: Context, stack: Stack, kind: str, name: str) -> bool:
    own = not is_delivered(context, stack.files[0])
    return not (own and is_defined_elsewhere(context, stack.files[0], kind, name))


def _defined(context: Context, stack: Stack, kind: str) -> set[str]:
    own = {DEFAULT} if kind == "networks" else set()
    if is_delivered(context, stack.files[0]):
        return own | {name for name, _ in stack.merged.each(kind)}
    return own | defined(context, stack.files[0], kind)


def _named(container: Container) -> Iterator[tuple[str, str, MergedConfig]]:
    yield from (("networks", name, item) for name, item in container.config.each("networks"))
    needed = (each for each in container.config.each("depends_on") if each[1].text_at("required") != "false")
    yield from (("services", name, item) for name, item in needed)
    yield from (("services", text.partition(":")[0], item) for text, item in container.config.each("links"))
    for kind in ("secrets", "configs"):
        for _, item in container.config.each(kind):
            yield kind, item.text_at("source") or item.text, item
    for _, item in container.config.each("volumes"):
        source = item.text_at("source") if item.text_at("type") == "volume" else item.text.partition(":")[0]
        named = len(source) > 1 and not source.startswith((".", "/", "~", "$"))  # C:\data is a path of Windows
        if named and (item.text.count(":") or item.members):
            yield "volumes", source, item


RULES = (everything_runs, what_is_named_is_defined)
