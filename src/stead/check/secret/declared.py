"""Declared secrets: looked for by their names, which the description knows, and not by what their values look like."""

from collections.abc import Iterator
from pathlib import Path

from stead.check.compose.stack import own_stacks, stacks
from stead.check.context import Context, place
from stead.check.rule import rule
from stead.check.secret.text import TESTS, is_real
from stead.check.setting.declaration import declared_at, settings
from stead.model import Problem, Process, SourceLocation
from stead.render.compose.secret import FOLDER as SECRETS
from stead.render.drift import FOLDER

HARMLESS = (".example", ".sample", ".template", ".md", ".age", ".enc", ".sops")
WHERE = {
    "environment": ("in the environment of a container", "write ${%s:?}, or hand it over as a file"),
    "ENV": ("in the image", "give it when the container starts, as a file or a variable"),
    "ARG": ("in the build's arguments, which the image's history keeps", "use RUN --mount=type=secret,id=%s"),
    "ci": ("in the pipeline's text", "write ${{ secrets.%s }}, or a masked variable"),
    "command": ("in a script", "read %s from the environment"),
}


@rule("SECRET022", shown=False)
def no_declared_secret_has_a_value(context: Context) -> Iterator[Problem]:
    """No Dockerfile, Compose file, manifest, pipeline or script contains the value of a declared secret.

    The rule searches for its name: `PARTNER_KEY` is a secret because the description declares it, whatever its value
    looks like, and everyone with a clone or the image can read a value in a file. Remove it, and have its owner replace
    it. The rule skips tests.
    """
    declared = _declared(context)
    known = {(file, at.line) for file, at in context.everywhere("secrets")} if declared else set()
    for file, at in context.everywhere("literals"):
        if at.text in declared and (file, at.line) not in known and not _is_test(context, file):
            where, mend = WHERE[at.more.partition(" ")[0]]
            process = declared[at.text]
            message = f"{at.text} is a secret of {process.name}, and has its value {where}"
            mend = mend.replace("%s", at.text)
            also = declared_at(context, process, at.text)
            yield Problem("SECRET022", message, place(file, at), mend, also, is_real(file, at))


@rule("SECRET023", shown=False)
def no_file_of_a_secret_is_in_git(context: Context) -> Iterator[Problem]:
    """Git tracks no file with a declared secret, and no file in a folder of Compose's secrets.

    `git add -f` ignores `.gitignore`, and a file in the index stays tracked when it is ignored later. The rule searches
    the index for names of declared secrets, and of a Compose file's `secrets:`, in any folder. Remove it with
    `git rm --cached`, and have its owner replace the secret.
    """
    declared = _declared(context) if context.tree.modes else {}
    named = _files_of_secrets(context) if context.tree.modes else {}
    top = context.root / FOLDER / "compose" / SECRETS
    for path in context.tree.modes:
        process = declared.get(path.name) or declared.get(path.name.rpartition(".")[2])
        inside = path.as_posix().startswith(f"{top.as_posix()}/") and not path.name.startswith(".git")
        if (process or inside or path in named) and not path.name.lower().endswith(HARMLESS) and _has_text(path):
            what = f"the secret {path.name.rpartition('.')[2]} of {process.name}" if process else "a secret"
            mend = f"git rm --cached {path.relative_to(context.root)}, and have its owner replace it"
            also = declared_at(context, process, path.name.rpartition(".")[2]) if process else named.get(path)
            yield Problem(
                "SECRET023", f"git tracks {path.name}, which holds {what}", SourceLocation(str(path)), mend, also
            )


def _declared(context: Context) -> dict[str, Process]:
    """Return the declared secrets by name, each with the first process that declares it."""
    found: dict[str, Process] = {}
    for process, setting in settings(context):
        if setting.secret:
            found.setdefault(setting.name, process)
    return found


def _files_of_secrets(context: Context) -> dict[Path, SourceLocation]:
    """Return the files that the Compose files name as secrets; of tests and examples, none outside of `deploy/`."""
    found = {}
    own = (stack for stack in own_stacks(context) if not context.tree.is_sample(stack.files[0]))
    for stack in (*stacks(context), *own):
        for _, secret in stack.merged.each("secrets"):
            file = secret.get("file")
            if file is not None and file.text.startswith("."):
                found[(file.file.parent / file.text).resolve()] = file.place
    return found


def _has_text(path: Path) -> bool:
    """Recognise a file that is there and is not empty; a file that was removed holds its secret in the history only."""
    return path.is_file() and path.stat().st_size > 0


def _is_test(context: Context, file: Path) -> bool:
    return bool(TESTS.search(file.relative_to(context.root).as_posix() if context.root in file.parents else file.name))


RULES = (no_declared_secret_has_a_value, no_file_of_a_secret_is_in_git)
