"""A team's own Dockerfiles, outside of `deploy/`: the health that some of them tell, all of them tell."""

from collections.abc import Iterator
from pathlib import Path

from stead.check.compose.stack import is_delivered
from stead.check.context import Context, place
from stead.check.docker_context import Stage, chain, dockerfiles
from stead.check.rule import rule
from stead.model import Problem


@rule("IMAGE029", severity="warning")
def images_have_healthchecks_alike(context: Context) -> Iterator[Problem]:
    """If some Dockerfiles of a backend have a HEALTHCHECK, all with a command have one.

    Without it Docker treats every running container as healthy. Add one that runs a program of the image.
    """
    own = dict(_own(context))
    example = next((file for file, stages in own.items() if _health(stages)), None)
    for file, stages in own.items() if example else ():
        start = next((at for stage in chain(stages) if (at := stage.last("ENTRYPOINT", "CMD"))), None)
        if start is not None and not _health(stages):
            message = (
                f"this image has no HEALTHCHECK, but {example.parent.name}/{example.name} has one" if example else ""
            )
            yield Problem("IMAGE029", message, place(file, start), "add a HEALTHCHECK that runs a program of the image")


def _health(stages: list[Stage]) -> bool:
    return any(stage.last("HEALTHCHECK") for stage in chain(stages))


def _own(context: Context) -> Iterator[tuple[Path, list[Stage]]]:
    for file, stages in context.once(dockerfiles).items():
        if not is_delivered(context, file):
            yield file, stages


RULES = (images_have_healthchecks_alike,)
