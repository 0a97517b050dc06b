"""What a Dockerfile says twice, asks of nobody, or names before it is there."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from stead.check.context import Context, place
from stead.check.docker_context import dockerfiles
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

ASKS = re.compile(
    r"\bapt(?:-get)?\s+(?:(?!-y\b|--yes\b|--assume-yes\b|-qq\b|-\w*y\w*\b)-\S+\s+)*install\s+(?P<rest>[^&|;]*)"
)
ANSWERED = re.compile(r"(?:^|\s)(?:-\w*y\w*|--yes|--assume-yes|-qq|--download-only)(?=\s|$)")
FROM = re.compile(r"--from=(\S+)")


@rule("IMAGE034")
def installs_ask_nobody(context: Context) -> Iterator[Problem]:
    """A Dockerfile installs packages with `-y`.

    `apt-get install` asks whether to go on, nobody is there to answer, and the build ends with `Abort`. Write
    `apt-get install -y --no-install-recommends …`.
    """
    for file, stages in context.once(dockerfiles).items():
        for at in (at for stage in stages for at in stage.instructions if at.more == "RUN"):
            found = ASKS.search(at.text)
            if found and not ANSWERED.search(found["rest"]) and "yes |" not in at.text and "<<" not in at.text:
                message = "apt-get asks whether to install, and nobody answers a build"
                yield Problem("IMAGE034", message, place(file, at), "write apt-get install -y")


@rule("IMAGE035")
def stages_are_there(context: Context) -> Iterator[Problem]:
    """What a Dockerfile copies from is a stage above, or an image.

    `COPY --from=biuld` is taken for an image of that name on Docker Hub: the build ends with `pull access denied`, or
    copies from whatever somebody has put there. Fix the name.
    """
    for file, stages in context.once(dockerfiles).items():
        known: list[str] = []
        for stage in stages:
            for at in (at for at in stage.instructions if at.more in ("COPY", "ADD", "RUN")):
                for name in (each.split(",")[0].lower() for each in FROM.findall(at.text)):
                    near = get_close_matches(name, known, 1)
                    if name not in known and near and not name.isdigit():
                        message = f"there is no stage {name} above"
                        yield Problem("IMAGE035", message, place(file, at), f"write --from={near[0]}")
            known += [stage.name.lower()] if stage.name else []


@rule("IMAGE036")
def the_last_word_is_the_only_one(context: Context) -> Iterator[Problem]:
    """A stage of a Dockerfile has one CMD, one ENTRYPOINT and one HEALTHCHECK.

    Docker takes the last one without a word; whoever edits the first waits in vain. Remove one of them.
    """
    for file, stages in context.once(dockerfiles).items():
        for stage in stages:
            first: dict[str, SourceLocation] = {}
            for at in (at for at in stage.instructions if at.more in ("CMD", "ENTRYPOINT", "HEALTHCHECK")):
                here = place(file, at)
                if first.setdefault(at.more, here) is not here:
                    message = f"{at.more} is given twice, and the second one counts"
                    yield Problem("IMAGE036", message, here, "remove one of the two", first[at.more])


RULES = (installs_ask_nobody, stages_are_there, the_last_word_is_the_only_one)
