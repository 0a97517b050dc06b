"""Instructions of Dockerfiles that undo what an image promises: its health, its end, and what is in it."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.compose.stack import is_delivered
from stead.check.context import Context, place
from stead.check.docker_context import chain, dockerfiles
from stead.check.facts.risky_command import OPENED
from stead.check.image.build import TOOLS
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

MANAGERS = re.compile(
    r"\b(apt-get|apt|apk|dnf|microdnf|yum|pip3?|npm|pnpm|yarn|poetry|gem|cargo|go)\s+(?:-\S+\s+)*(?:install|add|i|ci|sync)\b"
)
KILLS = frozenset({"SIGKILL", "KILL", "9", "SIGSTOP", "STOP", "19"})
UNCHECKED = re.compile(
    r"\bcurl\b[^|;&]*\s(?:-\w*k\w*|--insecure)\b|\bwget\b[^|;&]*--no-check-certificate|--trusted-host\b|"
    r"strict-ssl\s+false|--allow-unauthenticated\b|--allow-untrusted\b|http\.sslVerify\s+false|GIT_SSL_NO_VERIFY=|"
    r"NODE_TLS_REJECT_UNAUTHORIZED=[\"']?0|PYTHONHTTPSVERIFY=[\"']?0"
)
OPEN = re.compile(rf"{OPENED.pattern}|--chmod=0?(?:777|666)\b")
LISTS = re.compile(r"\bapt(?:-get)?\s+(?:-\S+\s+)*update\b")
USES_LISTS = re.compile(
    r"\bapt(?:-get|-cache)?\s+(?:-\S+\s+|-o\s*\S+\s+)*(?!update\b)(?:\w+-)?(?:install|upgrade|build-dep|policy|show|download|"
    r"satisfy)\b|\bapt-file\b|\baptitude\b|\.sh\b"
)
FIXED = re.compile(r"[\"']?(?:/|[A-Za-z]:[\\/]|\\|\$)")  # a path from the top, of Windows among them, or by a variable
ENV_FILE = re.compile(r"(?:^|/)\.env(?!.*(?:example|sample|template))")


@rule("IMAGE023")
def last_stages_install_nothing(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the last stage of an image runs no package manager.

    The installed versions change between builds, and the package manager, its lists and its cache stay in the image.
    Install in an earlier stage, and copy the result.
    """
    for file, stages in context.once(dockerfiles).items():
        for at in stages[-1].instructions if is_delivered(context, file) else ():
            found = MANAGERS.search(at.text) if at.more == "RUN" else None
            if found and not TOOLS.search(at.text):  # IMAGE021 names a tool that is kept
                message = f"the last stage installs with {found[1]}"
                yield Problem("IMAGE023", message, place(file, at), "install in an earlier stage, and copy the result")


@rule("IMAGE024")
def healthchecks_are_not_off(context: Context) -> Iterator[Problem]:
    """A Dockerfile does not disable the health check of its image.

    With `HEALTHCHECK NONE` a hanging container counts as running, and `depends_on` with `service_healthy`
    waits forever. Write a check, or leave the line out.
    """
    for file, stages in context.once(dockerfiles).items():
        at = next((at for stage in chain(stages) if (at := stage.last("HEALTHCHECK"))), None)
        if at is not None and at.text.strip().upper() == "NONE":
            mend = 'write HEALTHCHECK CMD ["program", "word"], or remove the line'
            yield Problem("IMAGE024", "this image has no health check", place(file, at), mend)


@rule("IMAGE025")
def env_files_stay_out(context: Context) -> Iterator[Problem]:
    """A `.dockerignore` excludes env files.

    `!.env` and `!**/.env.prod` cancel an exclusion, and everyone who pulls the image has the passwords. Remove the
    line: a container gets its values at its start.
    """
    for file in context.tree.named("*.dockerignore", ".dockerignore"):
        for number, line in enumerate((context.tree.text(file) or "").splitlines(), 1):
            pattern = line.strip()
            if pattern.startswith("!") and ENV_FILE.search(pattern[1:].strip()):
                message = f"this includes {pattern[1:]} in the image"
                yield Problem("IMAGE025", message, SourceLocation(str(file), number, 1), "remove the line")


@rule("IMAGE026")
def last_stages_copy_by_name(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the last stage of an image copies what it needs by name.

    `COPY . .` includes tests, documents, the sources of other services, and every file that is added later. Copy the
    folders that the program reads, or the result of an earlier stage.
    """
    for file, at in context.each("paths"):
        stages = (
            context.once(dockerfiles).get(file) if at.more == "docker all" and is_delivered(context, file) else None
        )
        if stages and at.line > stages[-1].at.line and not _names_what_it_lets_in(context, file):
            message = "the last stage copies every file"
            yield Problem("IMAGE026", message, place(file, at), "copy the needed files by name")


def _names_what_it_lets_in(context: Context, dockerfile: Path) -> bool:
    """Return whether the build sees only what the Dockerfile's own `.dockerignore` admits by name."""
    lines = (context.tree.text(dockerfile.with_name(f"{dockerfile.name}.dockerignore")) or "").splitlines()
    return next((line for line in lines if not line.startswith("#")), "") in ("*", "**")


@rule("IMAGE027")
def programs_can_end(context: Context) -> Iterator[Problem]:
    """An image is stopped by a signal that its program can handle.

    `STOPSIGNAL SIGKILL` kills it during requests and transactions, without a clean stop. Write
    `STOPSIGNAL SIGTERM`, or leave it out.
    """
    for file, stages in context.once(dockerfiles).items():
        at = next((at for stage in chain(stages) if (at := stage.last("STOPSIGNAL"))), None)
        if at is not None and at.text.strip().upper() in KILLS:
            message = f"what this builds is stopped by {at.text.strip()}, which it cannot handle"
            yield Problem("IMAGE027", message, place(file, at), "write STOPSIGNAL SIGTERM")


@rule("IMAGE028")
def what_is_fetched_is_checked(context: Context) -> Iterator[Problem]:
    """A Dockerfile does not skip the verification of certificates or signatures, and makes no file writable for all.

    With `curl -k`, `--trusted-host`, `strict-ssl false` or `--allow-unauthenticated` an attacker on the path determines
    the image's content; with `chmod 777` every user in the container can change the program. Remove it; add the
    authority's certificate, or use `--chown` for the writing user.
    """
    for file, stages in context.once(dockerfiles).items():
        for at in (at for stage in stages for at in stage.instructions):
            found = UNCHECKED.search(at.text) if at.more in ("RUN", "ENV") else None
            if found:
                message = f"this download does not verify the certificate: {found[0][:60]}"
                yield Problem("IMAGE028", message, place(file, at), "remove it, or add the authority's certificate")
            if at.more in ("RUN", "COPY", "ADD") and (wide := OPEN.search(at.text)):
                message = f"{wide[0]} lets every user write to it"
                yield Problem("IMAGE028", message, place(file, at), "give it an owner instead: --chown=10001:10001")


@rule("IMAGE032")
def lists_are_fetched_where_they_are_used(context: Context) -> Iterator[Problem]:
    """A Dockerfile runs `apt-get update` in the instruction that installs.

    Alone, it is a layer of its own: the build cache keeps it for months, and the next changed `apt-get install` asks
    for versions that the archive has removed. Write `RUN apt-get update && apt-get install -y …`.
    """
    for file, stages in context.once(dockerfiles).items():
        for at in (at for stage in stages for at in stage.instructions if at.more == "RUN"):
            if LISTS.search(at.text) and not USES_LISTS.search(at.text) and "<<" not in at.text:
                message = "this layer fetches the lists of packages, and another one installs"
                yield Problem("IMAGE032", message, place(file, at), "write update and install in one RUN, with &&")


@rule("IMAGE033")
def working_folders_are_absolute(context: Context) -> Iterator[Problem]:
    """A Dockerfile's first `WORKDIR` begins with a slash.

    A relative one goes on from wherever the base image stands, which its next release may change: the program is then
    looked for in another folder than it was copied into. Write `WORKDIR /app`.
    """
    for file, stages in context.once(dockerfiles).items():
        known = {stage.name.lower() for stage in stages if stage.name}
        for stage in stages:
            first = next((at for at in stage.instructions if at.more == "WORKDIR"), None)
            if first is not None and stage.base.lower() not in known and not FIXED.match(first.text):
                message = f"WORKDIR {first.text} goes on from the folder of the base image"
                mend = f"write WORKDIR /{first.text.removeprefix('./')}"
                yield Problem("IMAGE033", message, place(file, first), mend)


RULES = (
    last_stages_install_nothing,
    healthchecks_are_not_off,
    env_files_stay_out,
    last_stages_copy_by_name,
    programs_can_end,
    what_is_fetched_is_checked,
    lists_are_fetched_where_they_are_used,
    working_folders_are_absolute,
)
