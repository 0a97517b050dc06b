"""Building: what a Dockerfile makes runs as nobody in particular, stops when it is told, and holds what was locked."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from stead.check.compose.health import MISSING_PROGRAMS, PROGRAM
from stead.check.compose.stack import is_delivered
from stead.check.context import Context, place
from stead.check.docker_context import Stage, chain, dockerfiles, installs
from stead.check.facts import At
from stead.check.rule import rule
from stead.check.service.lock import is_locked
from stead.model import Problem, SourceLocation

SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
SCRIPT = re.compile(r"-[a-z]*c")  # the option that the script follows
ROOT = re.compile(r"(?:root|0)(?::\S+)?$")
NON_ROOT_IMAGES = re.compile(r"nonroot|chainguard/|cgr\.dev/")  # images whose user is not root
UNLOCKED = (
    (re.compile(r"\buv sync\b(?![^&|;]*--(?:locked|frozen))"), "uv sync", "uv sync --locked"),
    (re.compile(r"\bnpm (?:install|i)\b(?! +-(?:g|-global)\b)"), "npm install", "npm ci"),
    (re.compile(r"\bpnpm (?:install|i)\b(?![^&|;]*--frozen)"), "pnpm install", "pnpm install --frozen-lockfile"),
    (re.compile(r"\byarn install\b(?![^&|;]*--(?:immutable|frozen|pure))"), "yarn install", "yarn install --immutable"),
    (re.compile(r"\bpoetry update\b"), "poetry update", "poetry install"),
)  # fmt: skip
FETCHED = re.compile(r"\b(?:curl|wget)\b[^&;]*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b")
TOOLS = re.compile(r"\b(?:build-essential|gcc|g\+\+|make|musl-dev|python3?-dev|libpq-dev)\b|/uvx?\b")


@rule("IMAGE017")
def images_do_not_run_as_root(context: Context) -> Iterator[Problem]:
    """An image whose Dockerfile has a command does not run as root.

    A process that escapes from the container as root is root on the machine, and inside it can change every file. End
    the last stage with `USER 10001:10001`: a number, so that an orchestrator can verify it. Base images with another
    user (`:nonroot`) need no line.
    """
    for file, stages in context.once(dockerfiles).items():
        last = stages[-1].last("ENTRYPOINT", "CMD")
        user = next((at for stage in chain(stages) if (at := stage.last("USER"))), None)
        if last is None or (user is None and NON_ROOT_IMAGES.search([*chain(stages)][-1].base)):
            continue
        if user is None or ROOT.match(user.text):
            place_of = place(file, user or last)
            yield Problem("IMAGE017", f"the image of {file.name} runs as root", place_of, "write USER 10001:10001")


LISTED = 'write it as a list: ["program", "word"]'
HANDED_OVER = "begin the last command of the script with exec, or write the program and its words as the list"


@rule("IMAGE018", severity="warning")
def images_run_a_program(context: Context) -> Iterator[Problem]:
    """An image's ENTRYPOINT, CMD and HEALTHCHECK are in exec form (a list), not in shell form.

    `ENTRYPOINT python -m app` is run by `/bin/sh -c`, which is then process 1 and does not forward SIGTERM: each stop
    takes ten seconds and ends with SIGKILL, during requests. A distroless image has no shell. Write `["python", "-m",
    "app"]`. `["sh", "-c", "…"]` is the same shell; if one is needed, start its last command with `exec`, which replaces
    the shell by the program. A list in single quotes is not a list: Docker passes it to a shell, which looks for a
    program named `[python,`.
    """
    for file, stages in context.once(dockerfiles).items():
        for at in (stages[-1].last(name) for name in ("ENTRYPOINT", "CMD")):
            if at is not None and at.text.startswith("[") and _words_of(at.text) is None:
                message = f"{at.more} is not a list of words in double quotes, so a shell runs it"
                yield Problem("IMAGE018", message, place(file, at), LISTED)
            elif at is not None and (not at.text.startswith("[") or _is_shell(at.text)):
                message = f"{at.more} runs in a shell, which does not forward signals"
                yield Problem(
                    "IMAGE018", message, place(file, at), LISTED if not at.text.startswith("[") else HANDED_OVER
                )


def _words_of(text: str) -> list[str] | None:
    """Return the words of a list; None where Docker reads it as a line for a shell, as with single quotes."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return [str(word) for word in found] if isinstance(found, list) else None


def _is_shell(text: str) -> bool:
    """Return whether a list is a shell with a script that does not end in an `exec` of the program."""
    words = _words_of(text) or []
    script = next((after for word, after in pairwise(words[1:]) if SCRIPT.fullmatch(word)), "") if words else ""
    if not script or words[0].rpartition("/")[2] not in SHELLS:
        return False
    return not re.split(r"&&|\|\||[;\n]", script.strip(" ;\n"))[-1].strip().startswith("exec ")


@rule("IMAGE019")
def healthchecks_of_images_can_run(context: Context) -> Iterator[Problem]:
    """An image's HEALTHCHECK runs a program that the image has.

    Slim images have neither curl nor wget, and distroless ones no shell: the container is never healthy, and its
    dependents wait. Use a program of the image, such as Python's `urllib` or node's `fetch`.
    """
    for file, stages in context.once(dockerfiles).items():
        at = next((at for stage in chain(stages) if (at := stage.last("HEALTHCHECK"))), None)
        program = PROGRAM.search(at.text.replace('"', " ")) if at is not None else None
        base = [*chain(stages)][-1].base
        lacks = next((lacks for pattern, lacks in MISSING_PROGRAMS if pattern.search(base)), "")
        if at and program and program["name"] in lacks.split() and not installs(context, file, program["name"]):
            message = f"{base.partition('@')[0]} has no {program['name']}"
            yield Problem("IMAGE019", message, place(file, at), "use a program that the image has")


@rule("IMAGE020")
def what_is_installed_was_locked(context: Context) -> Iterator[Problem]:
    """A Dockerfile installs from the lock file, and verifies downloads before it runs them.

    `npm install` and a bare `uv sync` install the newest versions, which were not tested; `curl … | sh` runs an
    unverified response. Install with `--locked`, `npm ci` and the like; download a fixed version of a file, and compare
    its checksum.
    """
    for file, stages in context.once(dockerfiles).items():
        for at in (at for stage in stages for at in stage.instructions):
            for pattern, problem_text, instead in UNLOCKED if at.more == "RUN" else ():
                if pattern.search(at.text):
                    message = f"{problem_text} installs the newest versions and ignores the lock file"
                    yield Problem("IMAGE020", message, place(file, at), _instead(context, file, problem_text, instead))
            if (at.more == "RUN" and FETCHED.search(at.text)) or (at.more == "ADD" and _is_fetched(at)):
                message = "this runs or stores a download without a checksum"
                yield Problem("IMAGE020", message, place(file, at), "download a fixed version, and verify its checksum")


def _instead(context: Context, file: Path, command: str, instead: str) -> str:
    """Return the fix: an install by a lock file works only where there is one."""
    manifest = "pyproject.toml" if command.startswith(("uv", "poetry")) else "package.json"
    return (
        f"write {instead}" if is_locked(context, file.parent, manifest) else f"commit a lock file, then write {instead}"
    )


def _is_fetched(at: At) -> bool:
    return bool(re.search(r"(?:^|[\s\"])https?://", at.text)) and "--checksum" not in at.text


@rule("IMAGE021")
def last_stages_have_no_tools(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the last stage of an image has no compiler and no package manager, and a label with its commit.

    Copy the build's result from a stage that has them: the image is smaller, has fewer findings of scanners, and gives
    an attacker no tools. Without `org.opencontainers.image.revision` the commit of an image is unknown.
    """
    for file, stages in context.once(dockerfiles).items():
        if not is_delivered(context, file):
            continue
        last = stages[-1]
        for at in last.instructions:
            if at.more in ("RUN", "COPY") and (found := TOOLS.search(at.text)):
                message = f"the image keeps {found[0].lstrip('/')}, which only its build needs"
                yield Problem("IMAGE021", message, place(file, at), "use it in a stage before, and copy what it made")
        labelled = any(at.more == "LABEL" and "image.revision" in at.text for at in last.instructions)
        if last.last("ENTRYPOINT", "CMD") and not labelled:
            message = "the image does not record its commit"
            mend = 'add LABEL org.opencontainers.image.revision="${REVISION}"'
            yield Problem("IMAGE021", message, _start(file, last), mend)


def _start(file: Path, stage: Stage) -> SourceLocation:
    return place(file, stage.at)


@rule("IMAGE022")
def contexts_are_allow_lists(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a `.dockerignore` excludes everything, and then includes the needed files by name.

    A list of exclusions misses every new file: a dump, a key, the secrets of another environment. Start with `*`, and
    include with `!src`.
    """
    for file in context.tree.named("*.dockerignore"):
        lines = (context.tree.text(file) or "").splitlines() if is_delivered(context, file) else []
        patterns = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()[:1] not in ("", "#")]
        if patterns and patterns[0][1] not in ("*", "**"):
            message = f"{file.name} includes every file that it does not name"
            yield Problem(
                "IMAGE022", message, SourceLocation(str(file), patterns[0][0], 1), "start the file with the line *"
            )


RULES = (
    images_do_not_run_as_root,
    images_run_a_program,
    healthchecks_of_images_can_run,
    what_is_installed_was_locked,
    last_stages_have_no_tools,
    contexts_are_allow_lists,
)
