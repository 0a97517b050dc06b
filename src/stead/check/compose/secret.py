"""Secrets of containers: files that git does not see, and each for whom it is meant."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.compose.stack import Container, Stack, compose_files, delivered, stacks
from stead.check.context import Context
from stead.check.facts import kind_of
from stead.check.facts.value import is_secret_name
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.check.setting.envfile import EXAMPLES, is_example, tags
from stead.model import Problem, SourceLocation

AGAIN = re.compile(r"--ignore-existing|\bmb\b[^;&|]*\s-p\b|head-bucket|\|\|")
MAKES = re.compile(r"\b(?:mc|aws s3|mcli)\b[^;&|]*\bmb\b|\bcreate-bucket\b|\bs3cmd\b[^;&|]*\bmb\b")
PUBLIC = re.compile(
    r"\banonymous set (?:download|public|upload)|\bpolicy set (?:download|public|upload)|--acl[ =]public-read|"
    r"\"Principal\":\s*(?:\"\*\"|\{\"AWS\":\s*\[?\"\*\")|--principal[ =]\*"
)


@rule("COMPOSE034")
def secrets_are_files(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a secret reaches a container as a file, not as a variable.

    The variables of a container are shown by `docker inspect`, inherited by every program that it starts, and written
    by crash reports. Mount it under `secrets:`, and set its path: `DATABASE_URL_FILE: /run/secrets/DATABASE_URL`. An
    `env_file` with all values of an environment contains the secrets of all services: do not pass it.
    """
    for container in delivered(context):
        secrets = _secrets_of(container)
        for name, item in container.config.each("environment"):
            if name in secrets or (is_secret_name(name) and "$" in item.text):
                message = f"{container.name} gets the secret {name} as a variable"
                mend = f"mount it under secrets:, and write {name}_FILE: /run/secrets/{name}"
                yield Problem("COMPOSE034", message, item.place, mend)
        for text, item in container.config.each("env_file"):
            path = item.text_at("path") or text
            if Path(path).name.startswith(".env"):
                message = f"{container.name} gets every value of {path}, including the secrets of other services"
                yield Problem("COMPOSE034", message, item.place, "name what it needs under environment: and secrets:")


def _secrets_of(container: Container) -> frozenset[str]:
    """Return the names of the secrets that a process declares, and of those that its resources give it."""
    process = container.process
    declared = [setting for setting in process.declared if setting.secret] if process else []
    wires = container.stack.expected.wires(container.name) if container.stack.expected else ()
    given = [wire.setting for wire in wires if wire.setting.secret]
    return frozenset(setting.name for setting in (*declared, *given))


@rule("COMPOSE035")
def secrets_are_for_whom_they_are_meant(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a process gets no secret of another process.

    Secrets of one process are named after it: `orders.DATABASE_URL`. A process with another's key can act as that other
    one, regardless of the call graph. Remove it.
    """
    for container in delivered(context):
        for text, item in container.config.each("secrets") if container.process else ():
            source = item.text_at("source") or text
            owner = source.rpartition(".")[0]
            secret_values = container.stack.expected.secrets(container.name) if container.stack.expected else set()
            if owner in container.stack.processes and owner != container.name and source not in secret_values:
                message = f"{container.name} gets {source}, which is the secret of {owner}"
                yield Problem("COMPOSE035", message, item.place, "remove it")


@rule("COMPOSE036")
def secret_files_are_ignored(context: Context) -> Iterator[Problem]:
    """In `deploy/`, git ignores the secret files, and the env files that are copied from the examples.

    Otherwise `git add .` commits the passwords as soon as the files exist. Add `/secrets/`, `/.env*` and
    `!/.env*.example` to a `.gitignore` beside them.
    """
    private_files = dict(_private(context)) if stacks(context) and context.tree.tracked else {}
    names = {
        path.relative_to(context.root).as_posix(): path for path in private_files if path.is_relative_to(context.root)
    }
    ignored = context.tree.ignored(sorted(names)) if names else frozenset()
    reported: set[Path] = set()
    for name in sorted(names.keys() - ignored):
        path = names[name]
        user = private_files[path]
        beside = Path(user.file).with_name(".gitignore")
        if path.parent not in reported:
            reported.add(path.parent)
            place = SourceLocation(str(beside), 1, 1) if beside in context.tree.known else user
            message = f"git does not ignore {name}, which holds secrets"
            yield Problem("COMPOSE036", message, place, "add it to .gitignore", user if place != user else None)


def _private(context: Context) -> Iterator[tuple[Path, SourceLocation]]:
    """Yield the files that are to hold secrets, with who names them."""
    for stack in stacks(context):
        for _, item in stack.merged.each("secrets"):
            if item.text_at("file").startswith("."):
                file = posixpath.normpath((stack.files[0].parent / item.text_at("file")).as_posix())
                yield Path(file), item.members["file"].place
    folders = {file.parent for stack in stacks(context) for file in stack.files}
    for path in context.tree.files:
        if path.parent in folders and kind_of(path) == "dotenv" and is_example(path) and tags(path) - EXAMPLES:
            name = ".".join(part for part in path.name.split(".") if part not in EXAMPLES)
            yield path.with_name(name), SourceLocation(str(path), 1, 1)


@rule("COMPOSE037")
def buckets_are_as_described(context: Context) -> Iterator[Problem]:
    """The creation of a bucket is idempotent; the bucket is not public, and has the described versioning.

    The command runs at each start: if it fails because the bucket exists, its dependents do not start. `anonymous set
    public` lets the whole internet list and read what users uploaded. Without versioning an overwritten object is lost.
    Use `mb --ignore-existing`, and signed URLs.
    """
    for config in context.once(compose_files).values():
        for name, service in config.each("services"):
            for word in _texts(service):
                if PUBLIC.search(word.text):
                    message = f"{name} makes a bucket public"
                    yield Problem("COMPOSE037", message, word.place, "remove it; use signed URLs instead")
                if MAKES.search(word.text) and not AGAIN.search(word.text):
                    message = f"{name} fails when the bucket exists already"
                    yield Problem("COMPOSE037", message, word.place, "add --ignore-existing")
    for stack in stacks(context):
        yield from _other_buckets(stack)


def _texts(service: MergedConfig) -> Iterator[MergedConfig]:
    """Yield the texts of what a service runs: each item of a list, or the one text."""
    for key in ("entrypoint", "command"):
        value = service.get(key)
        if value is not None:
            yield from value.members.values() or (value,)


def _other_buckets(stack: Stack) -> Iterator[Problem]:
    """Yield the buckets that Stead's own one-shot makes in another way than they are described."""
    expected = stack.expected.buckets() if stack.expected else {}
    for container in stack.containers if expected else ():
        for word in _texts(container.config):
            path, _, rest = word.text.partition(":")
            if rest and rest != expected.get(path, rest):
                message = (
                    f"{container.name} creates a bucket that is {rest}, but the description declares {expected[path]}"
                )
                yield Problem("COMPOSE037", message, word.place, f"write {path}:{expected[path]}")


RULES = (secrets_are_files, secrets_are_for_whom_they_are_meant, secret_files_are_ignored, buckets_are_as_described)
