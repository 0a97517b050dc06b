"""Env files: an example names what must be given and no more, and the real one is not in git."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stead.check.context import Context, place
from stead.check.facts import is_dotenv, kind_of
from stead.check.facts.value import is_secret_name
from stead.check.fix import Edit, Step
from stead.check.rule import rule
from stead.check.setting.declaration import declared_at
from stead.check.source import CODE
from stead.model import Problem, Process, SourceLocation
from stead.model.setting import REQUIRED
from stead.model.wiring import Supplied
from stead.render.drift import FOLDER

EXAMPLES = frozenset({"example", "sample", "template", "tmpl", "dist", "schema", "defaults"})
SEALED = frozenset({"enc", "sops", "age", "gpg", "encrypted", "vault", "sealed"})
MANIFESTS = ("package.json", "pyproject.toml", "go.mod", "Cargo.toml", "pom.xml", "build.gradle", "build.gradle.kts",
             "composer.json", "Gemfile")  # fmt: skip
NOT_YET = frozenset(
    {"patch", "diff", "j2", "tpl", "erb", "ejs", "gotmpl", *SEALED}
)  # a program makes an env file of it
ADD = "add the line "
PLAIN_LINES = {
    "env-blank": "remove the blank",
    "env-name": "write letters, digits and underscores",
    "env-quote": "close the quote",
}
WORKERS = "workers"  # the target whose examples are a process's own
READERS = frozenset({".yml", ".yaml", ".sh", ".bash", ".mk", ".toml", ".json", ".conf", ".tf", ".hcl", ".ps1"}) | CODE


def tags(path: Path) -> frozenset[str]:
    """Return the parts of an env file's name that say what it is for: `dev`, `example`."""
    return frozenset(path.name.split(".")) - {"", "env", "vars"}


def is_example(path: Path) -> bool:
    """Recognise an env file that is an example."""
    return kind_of(path) == "dotenv" and bool(tags(path) & EXAMPLES)


def examples(context: Context) -> Iterator[tuple[Path, list[Process]]]:
    """Yield each example with the processes that it is for: the one whose folder it is in, or else all.

    One that stands with a manifest of its own, apart from all services, is another program's, and so is one below the
    top that names nothing that a process is given. Those in `deploy/workers` are each of one process.
    """
    homes: dict[Path, list[Process]] = {}
    for process in context.runs:
        folder = context.folders[process.name]
        if folder and folder != context.root:
            homes.setdefault(folder, []).append(process)
    every: list[Process] = list(context.backend.processes) if context.backend else []
    for path in context.tree.files:
        if is_dotenv(path.name) and is_example(path) and not path.is_relative_to(context.root / FOLDER / WORKERS):
            home = next((homes[folder] for folder in path.parents if folder in homes), None)
            if home or not _is_of_another(context, path):
                yield path, home or every


def _is_of_another(context: Context, path: Path) -> bool:
    if path.parent == context.root or path.is_relative_to(context.root / FOLDER):
        return False  # beside the description, or rendered from it
    if any(path.parent / name in context.tree.known for name in MANIFESTS):
        return True
    named = {at.text for at in context.facts(path).sets}
    return named.isdisjoint(name for names in context.wired.values() for name in names)


def wanted(context: Context, process: Process) -> Iterator[str]:
    """Yield the names that a person must give a process."""
    has_default = _read_with_default(context, process)
    for wire in context.wired[process.name].values():
        required = isinstance(wire.value, Supplied) and wire.setting.default is REQUIRED
        if required and wire.setting.name not in has_default:
            yield wire.setting.name


def _read_with_default(context: Context, process: Process) -> set[str]:
    """Return the names whose every read in a process's code has a default: it starts without them."""
    reads = [
        at
        for path in context.sources.get(process.name, ())
        if path in context.tree.known
        for at in context.facts(path).reads
    ]
    return {at.text for at in reads if at.more} - {at.text for at in reads if not at.more}


def _adding(context: Context, problem: Problem) -> Sequence[Step]:
    """Offer to add the name, without a value, at the end of the file."""
    path = Path(problem.place.file)
    lines = (context.tree.text(path) or "").splitlines()
    added = problem.mend.removeprefix(ADD).replace(", ", "\n")
    return [Edit(path, len(lines), len(lines[-1]) + 1, "", f"\n{added}")] if lines else []


@rule("SETTING015", fix=_adding)
def examples_name_what_must_be_given(context: Context) -> Iterator[Problem]:
    """An env example names every required setting.

    Otherwise a copy of it is incomplete, and a service stops at its start. An example in a service's folder is for that
    service, any other for the whole backend; one for an environment, such as `.env.prod.example`, adds to the
    `.env.example` beside it. Add the name, with an empty value for a secret.
    """
    found = dict(examples(context))
    named = {path: {at.text for at in context.facts(path).sets} for path in found}
    folders: dict[Path, dict[Path, set[str]]] = {}
    for path, names in named.items():
        folders.setdefault(path.parent, {})[path] = names
    for path, processes in found.items():
        there = named[path] | _beside(path, folders[path.parent])
        missing: dict[str, Process] = {}
        for process in processes:
            for name in wanted(context, process):
                if name not in there:
                    missing.setdefault(name, process)
        if missing:
            yield _unnamed(context, path, missing)


def _unnamed(context: Context, path: Path, missing: Mapping[str, Process]) -> Problem:
    """Return one finding for all that an example lacks."""
    first, process = next(iter(missing.items()))
    who = {each.name for each in missing.values()}
    receiver = process.name if len(who) == 1 else f"{len(who)} services"
    message = f"{path.name} does not name {', '.join(missing)}, which {receiver} requires"
    mend = ADD + ", ".join(f"{name}=" for name in missing)
    return Problem("SETTING015", message, SourceLocation(str(path), 1, 1), mend, declared_at(context, process, first))


def _beside(path: Path, named: Mapping[Path, set[str]]) -> set[str]:
    """Return what is named together with a file: by the one for all environments, or by each of those for one."""
    own = tags(path) - EXAMPLES
    beside = {other: names for other, names in named.items() if other != path}
    if own:
        return set().union(*(names for other, names in beside.items() if not tags(other) - EXAMPLES))
    parts = [names for other, names in beside.items() if tags(other) - EXAMPLES]
    return set.intersection(*parts) if parts else set()


@rule("SETTING016")
def examples_name_nothing_else(context: Context) -> Iterator[Problem]:
    """An env example names no variable that nothing reads.

    A typing mistake, or a name of a removed service, is copied to every environment. A name is known if a process of
    the backend has the setting, or if a file beside (Compose, a script, code) mentions it. Remove the line, or fix the
    name.
    """
    found = list(examples(context))
    given = frozenset(name for names in context.wired.values() for name in names)
    unknown = [(path, at) for path, _ in found for at in context.facts(path).sets if at.text not in given]
    mentioned = _mentions(context, {at.text for _, at in unknown}) if unknown else set()
    for path, at in unknown:
        if at.text not in mentioned:
            message = f"{path.name} names {at.text}, which nothing reads"
            yield Problem("SETTING016", message, place(path, at), "remove the line, or fix the name")


def _mentions(context: Context, names: set[str]) -> set[str]:
    """Return those of the names that any file mentions that could read a variable."""
    found: set[str] = set()
    either = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(names))) + r")\b")
    for path in context.tree.files:
        if path.suffix in READERS or path.name.startswith(("Makefile", "Dockerfile", "Jenkinsfile", "Caddyfile")):
            if found == names:
                break
            found.update(either.findall(context.tree.text(path) or ""))
    return found


@rule("SETTING017")
def env_files_are_not_in_git(context: Context) -> Iterator[Problem]:
    """A real env file is neither tracked by git nor unignored.

    It holds secrets or values of one machine, and a committed one stays in the history. Only examples and encrypted
    files (`.env.prod.enc`) belong in the repository. Remove it from the index, add `.env*` and `!.env*.example` to
    `.gitignore`, and replace its secrets. A file without secret values, such as versions for Compose, is reported with
    `--strict`.
    """
    if not context.tree.tracked:
        return
    declared = _declared_secrets(context)
    for path in context.tree.files:
        if is_dotenv(path.name) and kind_of(path) == "dotenv" and not tags(path) & (EXAMPLES | SEALED):
            mend = f"git rm --cached {path.relative_to(context.root)}, and add it to .gitignore"
            message = f"git does not ignore {path.name}"
            given = {at.text for at in context.facts(path).sets if at.more == "env"}
            has_secret = any(name in declared or is_secret_name(name) for name in given)
            yield Problem("SETTING017", message, SourceLocation(str(path), 1, 1), mend, sure=has_secret)


@rule("SETTING018")
def env_files_set_a_name_once(context: Context) -> Iterator[Problem]:
    """An env file sets a name once.

    Of two lines the last one silently counts; an edit of the first one has no effect. Remove one of them.
    """
    for path in context.tree.files:
        if kind_of(path) == "dotenv":
            first: dict[str, SourceLocation] = {}
            for at in context.facts(path).sets:
                if at.text in first:
                    message = f"{path.name} sets {at.text} twice; the second one counts"
                    yield Problem("SETTING018", message, place(path, at), "remove one of the two", first[at.text])
                first.setdefault(at.text, place(path, at))


@rule("SETTING031")
def env_files_have_plain_lines(context: Context) -> Iterator[Problem]:
    """A line of an env file is `NAME=value`, with no blank beside the `=`.

    `NAME = value` is a command for a shell that reads the file, and a name with a blank for `docker run --env-file`,
    which refuses it; Compose and Python take it. A file that each reader takes for something else sets the value on one
    machine and not on the next. Remove the blank; a value with blanks in it stands in quotes, which are closed: all
    lines behind an open one are a part of its value.
    """
    for path in context.tree.files:
        for at in context.facts(path).faults if kind_of(path) == "dotenv" and not tags(path) & NOT_YET else ():
            if at.more in PLAIN_LINES:
                yield Problem("SETTING031", at.text, place(path, at), PLAIN_LINES[at.more])


def _declared_secrets(context: Context) -> set[str]:
    return {setting.name for process in context.runs for setting in process.declared if setting.secret}


@rule("SETTING029", shown=False)
def examples_give_no_secret(context: Context) -> Iterator[Problem]:
    """An env example gives no value to a secret.

    An example is committed and copied: every machine without an edit has its password, and a real one is public. Leave
    the value empty, or write a placeholder: `changeme`.
    """
    secret = _declared_secrets(context)
    for path in context.tree.files:
        for at in context.facts(path).sets if is_dotenv(path.name) and is_example(path) else ():
            if at.more == "env" and (at.text in secret or is_secret_name(at.text)):
                message = f"{path.name} gives the secret {at.text} a value"
                yield Problem("SETTING029", message, place(path, at), f"write {at.text}=")


RULES = (
    examples_name_what_must_be_given,
    examples_name_nothing_else,
    env_files_are_not_in_git,
    env_files_set_a_name_once,
    examples_give_no_secret,
    env_files_have_plain_lines,
)
