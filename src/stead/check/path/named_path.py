"""Named paths: what scripts, Makefiles, pipelines, Compose files and Dockerfiles name is there."""

import posixpath
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.facts import is_dotenv
from stead.check.path.renaming import renaming
from stead.check.path.resolved_path import ResolvedPath, linked, near, resolved_paths, targets
from stead.check.rule import rule
from stead.check.setting.envfile import EXAMPLES, is_example, tags
from stead.model import Problem, SourceLocation

SCRIPTS = frozenset({"script", "make", "package", "hook"})
HOWS = {
    "context": "the build context",
    "dockerfile": "the Dockerfile",
    "env_file": "the env file",
    "volume": "the mounted path",
    "file": "the file",
}


@rule("PATH014", fix=renaming)
def scripts_name_what_is_there(check_context: Context) -> Iterator[Problem]:
    """A script, a Makefile, a hook or a `package.json` script names existing files.

    The rule covers programs and files that a command reads, mounts or changes into, also in variables with a literal
    value (`ROOT := $(abspath …)`). It skips files that the script creates, files tested by `[ -f … ]`, and ignored
    files of a build. Fix the path.
    """
    for each in _missing(check_context):
        if each.who in SCRIPTS and each.how != "mentioned":
            yield _problem("PATH014", check_context, each, "the path")


@rule("PATH015", fix=renaming)
def pipelines_name_what_is_there(check_context: Context) -> Iterator[Problem]:
    """A pipeline names existing files and folders.

    With a missing folder in `paths:` the workflow never starts; with a missing file in `hashFiles(…)` the cache key
    never changes. The rule reads workflows and actions of GitHub, pipelines of GitLab, and Dependabot's folders. Fix
    the path.
    """
    for each in _missing(check_context):
        if each.who == "ci" and not (each.how == "uses" and _is_action(check_context, each)):
            yield _problem("PATH015", check_context, each, "the path")


@rule("PATH016", fix=renaming)
def compose_names_what_is_there(check_context: Context) -> Iterator[Problem]:
    """A Compose file names existing contexts, Dockerfiles, env files, configs and mounts.

    Docker creates an empty folder, owned by root, for a missing source of a mount, and the service starts without its
    file. The rule allows a missing env file with an example beside it, ignored files, and secret files. Fix the path.
    """
    for each in _missing(check_context):
        if each.who != "compose" or each.how == "secret":
            continue
        if not (each.how.startswith("env_file") and _may_be_absent(check_context, each)):
            yield _problem("PATH016", check_context, each, HOWS.get(each.how, "the path"))


@rule("PATH021", fix=renaming)
def images_copy_what_is_there(check_context: Context) -> Iterator[Problem]:
    """Files that a Dockerfile copies or mounts exist in its build context.

    Otherwise the build fails. The context is the one in a Compose file with this Dockerfile, else the Dockerfile's
    folder or the top. Ignored files count as created by an earlier step. Fix the path.
    """
    for each in _missing(check_context):
        if each.who == "docker" and each.how == "copy" and not _is_in_context(check_context, each):
            yield _problem("PATH021", check_context, each, "the copied path")


@rule("PATH017", fix=renaming)
def paths_have_the_right_case(check_context: Context) -> Iterator[Problem]:
    """A path has the same case as the file.

    `Readme.md` finds `README.md` on a Mac and on Windows, but not on Linux servers and in CI. Use the file's case.
    """
    for each in check_context.once(resolved_paths):
        if each.target.state == "case" and each.how != "mentioned":
            message = f"{_written(each)} is named {each.target.near.rpartition('/')[2]}"
            yield Problem(
                "PATH017", message, each.place, f"write {each.target.near}", _place(check_context, each.target.near)
            )
    for file, at, _, _, target in check_context.once(linked):
        if target.state == "case":
            message = f"{at.text} is named {target.near.rpartition('/')[2]}"
            mend = (
                f"write {posixpath.relpath(f'{check_context.root.as_posix()}/{target.near}', file.parent.as_posix())}"
            )
            yield Problem("PATH017", message, place(file, at), mend, _place(check_context, target.near))


@rule("PATH018")
def what_is_named_is_in_git(check_context: Context) -> Iterator[Problem]:
    """Git does not ignore a file that a document, a pipeline, a Compose file or a Dockerfile names.

    It exists only on this machine; a clone lacks it. The rule skips data folders of Compose, env files and secret
    files, which should be ignored. Remove the file from `.gitignore`, or name another one.
    """
    for each in check_context.once(resolved_paths):
        if (
            each.target.state == "ignored"
            and each.who in ("ci", "compose", "docker")
            and _is_a_named_file(check_context, each)
        ):
            message = f"git ignores {each.target.path}, so it exists only on this machine"
            yield Problem("PATH018", message, each.place, "remove it from .gitignore, or name another file")
    for file, at, path, _, target in check_context.once(linked):
        if target.state == "ignored":
            message = f"git ignores {path}, so it exists only on this machine"
            yield Problem("PATH018", message, place(file, at), "remove it from .gitignore, or change the link")


def _is_in_context(check_context: Context, each: ResolvedPath) -> bool:
    """Return whether a build finds a path. Of a `Dockerfile.orders` without Compose, nobody knows where it is built."""
    found = check_context.once(targets)
    given = check_context.once(contexts_of).get(each.file, ())
    if not given and each.file.name != "Dockerfile":
        return found.exists_anywhere(each.at.text)
    return any(found.find(each.at.text, (base,)).state in ("there", "built", "ignored") for base in given)


def contexts_of(check_context: Context) -> dict[Path, list[str]]:
    """Return the contexts that Compose files give for each Dockerfile, relative to the root."""
    found: dict[Path, list[str]] = {}
    for file in check_context.tree.files:
        if file.suffix not in (".yml", ".yaml"):
            continue
        here = posixpath.relpath(file.parent.as_posix(), check_context.root.as_posix())
        context = "."
        for at in check_context.facts(file).paths:
            if at.more == "compose context":
                context = posixpath.normpath(f"{here}/{at.text}")
                usual = posixpath.normpath(f"{check_context.root.as_posix()}/{context}/Dockerfile")
                found.setdefault(Path(usual), []).append(context)
            elif at.more == "compose dockerfile":
                dockerfile = posixpath.normpath(f"{check_context.root.as_posix()}/{here}/{at.text}")
                found.setdefault(Path(dockerfile), []).append(context)
    return found


def _missing(check_context: Context) -> Iterator[ResolvedPath]:
    return (each for each in check_context.once(resolved_paths) if each.target.state == "missing")


def _problem(code: str, check_context: Context, each: ResolvedPath, what: str) -> Problem:
    suggestion = near(check_context, each)
    mend = f"write {_near(check_context, each, suggestion)}" if suggestion else "fix the path, or remove the line"
    return Problem(code, f"{what} {_written(each)} does not exist", each.place, mend)


def _written(each: ResolvedPath) -> str:
    """Return a path as it can be understood: from the root where the file says it by a variable."""
    return each.target.path if each.at.text.startswith("@") else each.at.text


def _near(check_context: Context, each: ResolvedPath, suggestion: str) -> str:
    """Return what is near as the file would write it; from the root where it was said by a variable."""
    if each.at.text.startswith("@"):
        return suggestion
    base = posixpath.normpath(f"{check_context.root.as_posix()}/{each.base}")
    written = posixpath.relpath(f"{check_context.root.as_posix()}/{suggestion}", base)
    return written if written.startswith("..") or "/" in each.at.text.removeprefix("./") else f"./{written}"


def _is_action(check_context: Context, each: ResolvedPath) -> bool:
    return any(
        check_context.once(targets).find(f"{each.target.path}/{name}", (".",)).state == "there"
        for name in ("action.yml",)
    )


def _may_be_absent(check_context: Context, each: ResolvedPath) -> bool:
    """Recognise a real env file that is optional, or that has an example beside it."""
    if "optional" in each.how:
        return True
    return any(_has_an_example(check_context, posixpath.normpath(f"{start}/{each.at.text}")) for start in each.starts)


def _has_an_example(check_context: Context, path: str) -> bool:
    """Return whether an example beside an env file is its own, or one for every `.env…`."""
    folder, _, name = path.rpartition("/")
    beside = (check_context.root / folder).resolve()
    own = tags(Path(name))
    fitting = (own, frozenset()) if name.startswith(".env") else (own,)
    return is_dotenv(name) and any(
        file.parent == beside and is_example(file) and tags(file) - EXAMPLES in fitting
        for file in check_context.tree.below(beside)
    )


def _is_a_named_file(check_context: Context, each: ResolvedPath) -> bool:
    path = check_context.root / each.target.path
    return path.is_file() and not is_dotenv(path.name) and each.how != "secret"


def _place(check_context: Context, path: str) -> SourceLocation:
    return SourceLocation(str(check_context.root / path))


RULES = (
    scripts_name_what_is_there,
    pipelines_name_what_is_there,
    compose_names_what_is_there,
    paths_have_the_right_case,
    what_is_named_is_in_git,
    images_copy_what_is_there,
)
