"""Secrets in containers: in Compose, in manifests, in Dockerfiles and in what they copy."""

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from stead.check.path.named import contexts_of
from stead.check.rule import rule
from stead.check.secret.text import leaked
from stead.check.seen import Seen, place
from stead.model import Problem


@rule("SECRET014", shown=False)
def no_secret_is_in_an_environment(seen: Seen) -> Iterator[Problem]:
    """A Compose file or a manifest does not say a secret's value, nor its default.

    `POSTGRES_PASSWORD: postgres` and `${JWT_SECRET:-dev}` are the passwords of every machine that nobody configured,
    production's too. Write `${POSTGRES_PASSWORD:?}` and keep values in an env file that git ignores; in Kubernetes,
    `valueFrom: {secretKeyRef: …}`.
    """
    for file, at in leaked(seen, "environment"):
        message = f"{at.text} has its value in this file"
        yield Problem("SECRET014", message, place(file, at), f"write ${{{at.text}:?}}, or a reference to a secret")


@rule("SECRET015", shown=False)
def no_secret_is_in_an_image(seen: Seen) -> Iterator[Problem]:
    """A Dockerfile's `ARG` or `ENV`, or a build's `args:`, does not say a secret's value.

    It is in the repository, and in the image for whoever pulls it: `docker history` prints it. Give it when the
    container starts; for a build, use `RUN --mount=type=secret`.
    """
    for file, at in leaked(seen, "ENV", "ARG"):
        message = f"{at.text} has its value in the image"
        yield Problem("SECRET015", message, place(file, at), "give it at the start, or by RUN --mount=type=secret")


@rule("SECRET016", severity="warning")
def no_secret_is_a_build_argument(seen: Seen) -> Iterator[Problem]:
    """A secret does not come into a build as an argument, nor into an image as a variable.

    What is passed by `--build-arg` stays in the image's history, whatever the Dockerfile does with it. Use
    `RUN --mount=type=secret,id=…`, which leaves nothing behind.
    """
    for file, at in leaked(seen, "build"):
        message = f"{at.text} comes into the build as an argument, and stays in the image's history"
        yield Problem("SECRET016", message, place(file, at), f"use RUN --mount=type=secret,id={at.text}")


@rule("SECRET019", shown=False)
def no_manifest_has_a_secret(seen: Seen) -> Iterator[Problem]:
    """A Kubernetes Secret in the repository is sealed.

    Base64 is no cipher. Seal it (SOPS, SealedSecrets), or let an operator fetch it (External Secrets, Vault); what was
    committed has to be changed.
    """
    for file, at in leaked(seen, "manifest"):
        message = f"this Secret has the value of {at.text}"
        yield Problem("SECRET019", message, place(file, at), "seal it with SOPS or SealedSecrets, and change the value")


@rule("SECRET020", severity="warning")
def no_env_file_is_copied(seen: Seen) -> Iterator[Problem]:
    """A Dockerfile that copies its whole folder has a `.dockerignore` that keeps env files out.

    `COPY . .` takes `.env` along, and whoever pulls the image has it. Write `**/.env*` and `.git` into a
    `.dockerignore` at the top of the context, or copy what is needed by name.
    """
    contexts = seen.once(contexts_of)
    for file, at in seen.each("paths"):
        if at.more == "docker all":
            own = posixpath.relpath(file.parent.as_posix(), seen.root.as_posix())
            folders = [seen.root / context for context in contexts.get(file, ())] or [seen.root / own, seen.root]
            ignores = [file.with_name(f"{file.name}.dockerignore"), *(folder / ".dockerignore" for folder in folders)]
            if not any(_keeps_out(seen, ignore) for ignore in ignores):
                message = "this copies the whole folder, and no .dockerignore keeps .env out"
                yield Problem("SECRET020", message, place(file, at), "add **/.env* and .git to .dockerignore")


def _keeps_out(seen: Seen, ignore: Path) -> bool:
    """Tell whether a `.dockerignore` covers env files, wherever they lie."""
    path = Path(posixpath.normpath(ignore.as_posix()))
    text = seen.tree.text(path) if path in seen.tree.known else None
    patterns = [line.strip().lstrip("/") for line in (text or "").splitlines() if line.strip()[:1] not in ("", "#")]
    return bool(patterns) and _is_left_out(".env", patterns)


def _is_left_out(name: str, patterns: list[str]) -> bool:
    out = False
    for pattern in patterns:
        if fnmatch(name, pattern.lstrip("!").removeprefix("**/")):
            out = not pattern.startswith("!")
    return out


RULES = (
    no_secret_is_in_an_environment,
    no_secret_is_in_an_image,
    no_secret_is_a_build_argument,
    no_manifest_has_a_secret,
    no_env_file_is_copied,
)
