"""Secrets in containers: in Compose, in manifests, in Dockerfiles and in what they copy."""

import posixpath
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.docker_ignore import ignore_files, ignore_lines, left_out
from stead.check.facts import At, is_dotenv
from stead.check.path.named_path import contexts_of
from stead.check.rule import rule
from stead.check.secret.text import is_real, leaked
from stead.model import Problem, SourceLocation
from stead.render.drift import FOLDER


@rule("SECRET014", shown=False)
def no_secret_is_in_an_environment(check_context: Context) -> Iterator[Problem]:
    """A Compose file or a manifest contains no value and no default of a secret.

    `POSTGRES_PASSWORD: postgres` and `${JWT_SECRET:-dev}` are the passwords of every machine without its own
    configuration, also in production; so is the password in `DATABASE_URL: postgresql://app:…@db/app`. Write
    `${POSTGRES_PASSWORD:?}` and keep values in an env file that git ignores; in Kubernetes, `valueFrom: {secretKeyRef:
    …}`. A value that is obviously for development (`postgres`, `example`, the user's name again), in a file whose name
    is not of production, is reported with `--strict`.
    """
    for file, at in leaked(check_context, "environment", "environment throwaway"):
        message = f"{at.text} has its value in this file"
        mend = f"write ${{{at.text}:?}}, or a reference to a secret"
        yield Problem("SECRET014", message, place(file, at), mend, sure=is_real(file, at))


@rule("SECRET015", shown=False)
def no_secret_is_in_an_image(check_context: Context) -> Iterator[Problem]:
    """A Dockerfile's `ARG` or `ENV`, or a build's `args:`, contains no value of a secret.

    It is in the repository, and everyone who pulls the image can read it with `docker history`. Pass it when the
    container starts; for a build, use `RUN --mount=type=secret`.
    """
    for file, at in leaked(check_context, "ENV", "ARG", "ARG throwaway"):
        message = f"{at.text} has its value in the image"
        yield Problem("SECRET015", message, place(file, at), "give it at the start, or by RUN --mount=type=secret")


@rule("SECRET016", severity="warning")
def no_secret_is_a_build_argument(check_context: Context) -> Iterator[Problem]:
    """A secret is neither a build argument nor a variable of an image.

    A `--build-arg` stays in the image's history. Use `RUN --mount=type=secret,id=…`, which stores nothing.
    """
    for file, at in leaked(check_context, "build"):
        message = f"{at.text} is an argument of the build, and stays in the image's history"
        yield Problem("SECRET016", message, place(file, at), f"use RUN --mount=type=secret,id={at.text}")


@rule("SECRET019", shown=False)
def no_manifest_has_a_secret(check_context: Context) -> Iterator[Problem]:
    """A Kubernetes Secret in the repository is sealed.

    Base64 is not encryption. Encrypt it (SOPS, SealedSecrets), or use an operator (External Secrets, Vault); replace
    the committed value.
    """
    for file, at in leaked(check_context, "manifest"):
        message = f"this Secret has the value of {at.text}"
        yield Problem(
            "SECRET019", message, place(file, at), "encrypt it with SOPS or SealedSecrets, and replace the value"
        )


@rule("SECRET020", severity="warning")
def no_env_file_is_copied(check_context: Context) -> Iterator[Problem]:
    """A Dockerfile that copies its whole folder has a `.dockerignore` that excludes env files and secrets.

    `COPY . .` includes `.env`, and everyone who pulls the image can read it. A list that excludes all and includes
    `!shop` also includes `shop/.env`, and secret files of Compose below it. Write `**/.env*`, `.git` and the folder of
    the secrets into a `.dockerignore` at the top of the context, or copy the needed files by name. If the context has
    no env file and no example, this is reported with `--strict`.
    """
    contexts = check_context.once(contexts_of)
    for file, at in check_context.each("paths"):
        if at.more == "docker all":
            own = posixpath.relpath(file.parent.as_posix(), check_context.root.as_posix())
            folders = [check_context.root / context for context in contexts.get(file, ())] or [
                check_context.root / own,
                check_context.root,
            ]
            read = [patterns for each in ignore_files(file, folders) if (patterns := ignore_lines(check_context, each))]
            if not (read and left_out(".env", read[0][1])):
                message = "this copies the whole folder, and no .dockerignore keeps .env out"
                mend = "add **/.env* and .git to .dockerignore"
                yield Problem(
                    "SECRET020", message, place(file, at), mend, sure=_has_env_file(check_context, folders[0])
                )
            elif read:
                yield from _let_in(check_context, file, at, folders[0], *read[0])


def _has_env_file(check_context: Context, folder: Path) -> bool:
    """Return whether there is an env file to be copied, or an example that someone will make one of."""
    return any(is_dotenv(path.name) for path in check_context.tree.below(Path(posixpath.normpath(folder.as_posix()))))


def _let_in(
    check_context: Context, file: Path, at: At, context: Path, ignore: Path, patterns: list[tuple[int, str]]
) -> Iterator[Problem]:
    """Yield what a list admits again that should stay out: by the line that lets it in."""
    top = posixpath.normpath(context.as_posix())
    secrets = posixpath.relpath((check_context.root / FOLDER / "compose" / "secrets" / "prod" / "KEY").as_posix(), top)
    for number, pattern in patterns:
        inside = pattern[1:].strip("/")
        if not pattern.startswith("!") or "*" in inside or (Path(top) / inside).is_file():
            continue
        for name in (f"{inside}/.env", *([secrets] if secrets.startswith(f"{inside}/") else [])):
            if not left_out(name, patterns):
                what = "the secrets of Compose" if name == secrets else name
                mend = f"add {posixpath.dirname(posixpath.dirname(name))}" if name == secrets else "add **/.env*"
                message = f"this includes {what} in the image"
                yield Problem(
                    "SECRET020", message, SourceLocation(str(ignore), number, 1), f"{mend} below it", place(file, at)
                )


RULES = (
    no_secret_is_in_an_environment,
    no_secret_is_in_an_image,
    no_secret_is_a_build_argument,
    no_manifest_has_a_secret,
    no_env_file_is_copied,
)
