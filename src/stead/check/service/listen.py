"""On which address a service listens: the port that it is given, and in a container every address."""

from collections.abc import Iterator

from stead.check.compose.stack import stacks
from stead.check.context import Context, place
from stead.check.docker_context import dockerfiles
from stead.check.rule import rule
from stead.model import AnyService, Problem

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@rule("SERVICE028")
def programs_read_their_port(context: Context) -> Iterator[Problem]:
    """A service listens on `PORT`.

    Each target chooses the port: the runner takes a free one, Compose says 8000. A program with a fixed port is not
    reachable there, and two of them cannot run on one machine. Read PORT from the environment. Reported if the code has
    a number, and no file of the service reads PORT. Every target uses a number in the description's `port=`.
    """
    for service in _programs(context):
        files = context.sources[service.name]
        literal = [
            (file, at)
            for file in files
            for at in context.facts(file).listens
            if at.more and at.more != str(service.port)
        ]
        if not literal or any("PORT" in word for word in service.command):
            continue
        if not any(at.text == "PORT" for file in files for at in context.facts(file).reads) and not any(
            "PORT" in context.facts(file).words for file in files
        ):
            for file, at in literal:
                message = f"{service.name} listens on {at.more}, not on PORT"
                yield Problem("SERVICE028", message, place(file, at), "read PORT from the environment", service.where)


@rule("SERVICE029")
def containers_are_reached(context: Context) -> Iterator[Problem]:
    """A service in a container listens on every address of it.

    127.0.0.1 in a container is the container itself: its own health check succeeds, but other containers cannot reach
    it. Read the address from HOST, which is 127.0.0.1 on a laptop and 0.0.0.0 in a container.
    """
    contained = {container.name for stack in stacks(context) for container in stack.containers}
    built = {file.parent for file in context.once(dockerfiles)}
    for service in _programs(context):
        folder = context.folders[service.name]
        if service.name not in contained and folder not in built:
            continue
        for file in context.sources[service.name]:
            for at in context.facts(file).listens:
                if at.text in LOOPBACK:
                    message = f"{service.name} listens on {at.text}, which cannot be reached from outside its container"
                    yield Problem("SERVICE029", message, place(file, at), "read HOST from the environment")


def _programs(context: Context) -> Iterator[AnyService]:
    return (service for service in context.services if service.command)


RULES = (programs_read_their_port, containers_are_reached)
