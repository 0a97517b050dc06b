"""Folders of Compose: where `docker compose` is run without a file, it finds one."""

import posixpath
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.facts import At
from stead.check.file_reference import bases
from stead.check.path.resolved_path import targets
from stead.check.rule import rule
from stead.model import Problem

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")  # in the order of Compose
ELSEWHERE = "COMPOSE_FILE"  # the variable that names another file


@rule("PATH023")
def compose_finds_its_file(context: Context) -> Iterator[Problem]:
    """A script that runs `docker compose` in a folder finds a Compose file there, or in a folder above.

    Compose looks for `compose.yaml` or `docker-compose.yml` where it is run, and above; without one it ends with `no
    configuration file provided`. Told where the folder is plain from the text: `cd "$ROOT/deploy"`, a step's
    `working-directory`. Fix the folder, or name the file: `docker compose -f …`.
    """
    for file, at in context.everywhere("pipeline"):
        kind, _, who = at.more.partition(" ")
        if kind == "compose" and not at.text.startswith("/") and ELSEWHERE not in (context.tree.text(file) or ""):
            folder, starts = bases(context.tree, file, At(at.text, at.line, at.column, f"{who} cd"))
            there = [each for start in starts if _is_there(context, each := posixpath.normpath(f"{start}/{folder}"))]
            if there and not any(_has_a_file(context, each) for each in there):
                message = f"{_shown(folder)} has no Compose file, nor has a folder above it"
                yield Problem("PATH023", message, place(file, at), _mend(context))


def _is_there(context: Context, folder: str) -> bool:
    """Return whether a folder is of the tree; one that is missing is told by PATH014 and PATH015."""
    return not folder.startswith("..") and context.once(targets).find(folder, (".",)).state == "there"


def _has_a_file(context: Context, folder: str) -> bool:
    found = context.once(targets)
    above = dict.fromkeys((folder, *(path.as_posix() for path in Path(folder).parents)))
    return any(found.find(f"{each}/{name}", (".",)).state == "there" for each in above for name in NAMES)


def _shown(folder: str) -> str:
    return "the top of the repository" if folder == "." else folder


def _mend(context: Context) -> str:
    own = next((path for path in context.tree.named(*NAMES) if not context.tree.is_sample(path)), None)
    return f"change into {own.parent.relative_to(context.root)}" if own else "name the file: docker compose -f …"


RULES = (compose_finds_its_file,)
