"""What a team's own images are built from: the folder that is sent, and what of it a Dockerfile takes."""

import re
from collections.abc import Iterator

from stead.check.context import Context, place
from stead.check.docker_context import Stage, chain, dockerfiles
from stead.check.docker_ignore import ignore_files, ignore_lines, left_out
from stead.check.path.named_path import contexts_of
from stead.check.path.resolved_path import targets
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

ASKED = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]|0\.0\.0\.0):(?P<port>\d{2,5})\b")
PORT = re.compile(r"(\d{2,5})(?:/(?:tcp|udp))?")


@rule("IMAGE030")
def what_is_copied_is_sent(context: Context) -> Iterator[Problem]:
    """A `.dockerignore` does not exclude files that the Dockerfile copies.

    Otherwise the build stops with `not found`, although the file exists. A Compose file determines the build context.
    Include the file with `!path`, or remove the line that excludes it.
    """
    contexts = context.once(contexts_of)
    for file, at in context.each("paths"):
        for folder in contexts.get(file, ()) if at.more == "docker copy" else ():
            files = ignore_files(file, [context.root / folder])
            ignore = next((found for each in files if (found := ignore_lines(context, each))), None)
            if ignore is None or context.once(targets).find(at.text, (folder,)).state == "missing":
                continue  # a path that does not exist is reported by PATH021
            if left_out(at.text, ignore[1]) and not _has_included_file(at.text, ignore[1]):
                message = f"{ignore[0].name} excludes {at.text}, which this line copies"
                where = SourceLocation(str(ignore[0]), ignore[1][0][0], 1)
                yield Problem("IMAGE030", message, place(file, at), f"add !{at.text} to {ignore[0].name}", where)


def _has_included_file(path: str, lines: list[tuple[int, str]]) -> bool:
    """Return whether something in a folder is admitted, so that the folder is there."""
    return any(line.startswith((f"!{path}/", f"!/{path}/", "!**")) for _, line in lines)


@rule("IMAGE031", severity="warning")
def healthchecks_ask_an_exposed_port(context: Context) -> Iterator[Problem]:
    """An image's HEALTHCHECK requests a port that the image exposes.

    A copied Dockerfile may keep the port of another program: the container is never healthy. Applied if EXPOSE has
    numbers. Fix the wrong one.
    """
    for file, stages in context.once(dockerfiles).items():
        exposed = _exposed(stages)
        at = next((at for stage in chain(stages) if (at := stage.last("HEALTHCHECK"))), None)
        found = ASKED.search(at.text) if at is not None else None
        if at is not None and found and exposed and found["port"] not in exposed:
            message = (
                f"this health check requests port {found['port']}, but the image exposes {', '.join(sorted(exposed))}"
            )
            yield Problem("IMAGE031", message, place(file, at), "request the port on which the program listens")


def _exposed(stages: list[Stage]) -> set[str]:
    """Return the ports that an image exposes; none where one of them is not a number."""
    words = [word for stage in chain(stages) for at in stage.instructions if at.more == "EXPOSE"
             for word in at.text.split()]  # fmt: skip
    numbers = [found[1] for word in words if (found := PORT.fullmatch(word))]
    return set(numbers) if len(numbers) == len(words) else set()


RULES = (what_is_copied_is_sent, healthchecks_ask_an_exposed_port)
