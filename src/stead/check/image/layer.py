"""What a RUN leaves behind: its shell ends with it, and what it writes stays in the image for everyone."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.docker_context import chain, dockerfiles
from stead.check.rule import rule
from stead.model import Problem

FLAGS = r"(?:--(?:mount|network|security)=\S+\s+)*"
LOST = re.compile(rf"{FLAGS}(cd|export|alias|umask|ulimit|source|\.)\s+[^\s&|;<][^&|;<]*")
INSTEAD = {"cd": "write WORKDIR", "export": "write ENV", "source": "write ENV PATH=…", ".": "write ENV PATH=…"}
PASSWORD = re.compile(
    r"\bchpasswd\b|\bNOPASSWD\b|\bpasswd\s+(?:-d|--delete)\b|"
    r"\b(?:useradd|usermod)\b[^&|;]*\s(?:-p|--password)[\s=]"
)


@rule("IMAGE041")
def a_layer_does_something_that_stays(context: Context) -> Iterator[Problem]:
    """A `RUN` does more than to change its own shell.

    Each `RUN` has a shell of its own: the folder of `RUN cd /app`, the variable of `RUN export NAME=…` and the
    environment of `RUN . venv/bin/activate` are gone with its end, and the next instruction works without them. Write
    `WORKDIR /app` or `ENV NAME=…`, or join the commands by `&&`.
    """
    for file, stages in context.once(dockerfiles).items():
        for at in (at for stage in stages for at in stage.instructions if at.more == "RUN"):
            if found := LOST.fullmatch(at.text.strip()):
                message = f"{found[1]} changes the shell of this RUN only, which ends here"
                mend = f"{INSTEAD.get(found[1], 'leave it out')}, or join it by && with the commands that need it"
                yield Problem("IMAGE041", message, place(file, at), mend)


@rule("IMAGE042")
def no_password_is_in_an_image(context: Context) -> Iterator[Problem]:
    """An image has no password of a user, and no way around one.

    `echo 'app:secret' | chpasswd` and `useradd -p` write the hash, and often the password itself, into a layer that
    everyone can read who pulls the image; `NOPASSWD` and `passwd -d` make root of whoever gets into the container.
    Nobody signs in to a container: remove it, and name the user of the program with `USER`.
    """
    for file, stages in context.once(dockerfiles).items():
        for at in (at for stage in chain(stages) for at in stage.instructions if at.more == "RUN"):
            found = PASSWORD.search(at.text) if not _is_workplace(context, file) else None
            if found:
                message = f"{found[0].split()[0]} gives a user of this image a password, or the rights without one"
                yield Problem("IMAGE042", message, place(file, at), "remove it; USER names the user of the program")


def _is_workplace(context: Context, file: Path) -> bool:
    """Return whether an image is one in which a person works, and is not delivered: `.devcontainer/Dockerfile`."""
    return any(part.startswith(".") for part in file.relative_to(context.root).parts)


RULES = (a_layer_does_something_that_stays, no_password_is_in_an_image)
