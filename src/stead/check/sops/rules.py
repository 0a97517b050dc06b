"""The rules of sealed files: what can be determined without a key."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.sops.sealed_file import FOLDER, SealedFile, partial_sealing, recipients_of, sealed_files
from stead.model import Problem, SourceLocation
from stead.render.compose import secret as kind
from stead.render.compose.context import ComposeContext

LEAST = 2
LONGEST = timedelta(days=365)


@rule("SOPS010", shown=False)
def every_value_is_sealed(context: Context) -> Iterator[Problem]:
    """Every value of a sealed file is sealed.

    A value in the clear is in the repository's history from its first commit on, for everyone who ever clones it. It is
    no secret any more: make a new one where it comes from, and seal that: `stead secret set NAME --env ENVIRONMENT`.
    """
    for file in sealed_files(context):
        name = file.environment.name
        if file.recipients is None:
            mend = f"move it away, stead secret init --env {name}, and stead secret set each value again"
            yield Problem("SOPS010", f"the secrets of {name} are in the clear", file.where, mend)
            continue
        for entry in file.entries:
            if not entry.sealed:
                mend = f"make a new value, and stead secret set {entry.name} --env {name}"
                yield Problem("SOPS010", f"{entry.name} is in the clear", entry.where, mend)


@rule("SOPS011", shown=False)
def two_people_can_open_it(context: Context) -> Iterator[Problem]:
    """A sealed file has two recipients at least.

    With one, a key that is lost loses every secret of the environment. Add a second person, or a key that is kept
    offline: `stead secret recipients --env ENVIRONMENT --recipient age1…`.
    """
    for file in sealed_files(context):
        if file.recipients is not None and len(set(file.recipients)) < LEAST:
            name = file.environment.name
            mend = f"stead secret recipients --env {name} --recipient age1…"
            yield Problem("SOPS011", f"{len(file.recipients)} can open the secrets of {name}", file.where, mend)


@rule("SOPS012", shown=False)
def recipients_are_those_of_the_rules(context: Context) -> Iterator[Problem]:
    """A sealed file is sealed to the people that `.sops.yaml` names, and to nobody else.

    Who was taken from the rules can open the file until it is sealed again, and who was added cannot yet. Seal it:
    `stead secret recipients --env ENVIRONMENT`. Who was removed may have read every value: change each.
    """
    for file in sealed_files(context):
        expected = recipients_of(context, file.path)
        name = file.environment.name
        if file.recipients is None:
            continue
        if expected is None:
            mend = f"stead secret recipients --env {name} --recipient age1… --recipient age1…"
            yield Problem("SOPS012", f"no rule of .sops.yaml is for the secrets of {name}", file.where, mend)
        elif set(expected) != set(file.recipients):
            yield Problem("SOPS012", _difference(file, expected), file.where, f"stead secret recipients --env {name}")


def _difference(file: SealedFile, expected: tuple[str, ...]) -> str:
    have = set(file.recipients or ())
    parts = [f"{each} is missing" for each in expected if each not in have]
    parts += [f"{each} is not a recipient there" for each in sorted(have - set(expected))]
    return f"the recipients are not those of .sops.yaml: {', '.join(parts)}"


@rule("SOPS013", severity="warning", shown=False)
def values_are_changed_once_a_year(context: Context) -> Iterator[Problem]:
    """A secret is changed once a year.

    People leave, laptops are lost, backups are kept: the longer a value lives, the more have seen it. Make a new one
    where it comes from and `stead secret set` it, or `stead secret rotate` a key that is made here.
    """
    today = datetime.now(UTC).date()
    for file in sealed_files(context):
        for entry in file.entries:
            changed = _date(file.changed.get(entry.name, ""))
            if changed and today - changed > LONGEST:
                message = f"{entry.name} was changed last on {changed}, more than a year ago"
                mend = f"stead secret set {entry.name} --env {file.environment.name}"
                yield Problem("SOPS013", message, entry.where, mend)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@rule("SOPS014", shown=False)
def every_secret_is_read(context: Context) -> Iterator[Problem]:
    """Every name of a sealed file is a secret that a process reads.

    A name that nobody reads is a slip of the pen, so that the one that is meant is missing; or it was forgotten, and is
    kept and sealed for nothing. Fix the name, or remove the entry with `sops unset`.
    """
    for file in sealed_files(context):
        known = _known(context, file)
        for entry in file.entries:
            if entry.name.removesuffix(".next").removesuffix(".previous") not in known:  # while one is rotated
                message = f"{entry.name} is a secret of no process in {file.environment.name}"
                mend = f"fix the name, or sops unset {file.path.name} '[\"{entry.name}\"]'"
                yield Problem("SOPS014", message, entry.where, mend)


@rule("SOPS015", shown=False)
def what_must_be_given_is_given(context: Context) -> Iterator[Problem]:
    """A sealed file has every secret without which a process of that environment does not start.

    It is found here rather than by a Pod that never becomes ready. `stead secret set NAME --env ENVIRONMENT`, or
    `stead secret rotate NAME` for a key that is made here.
    """
    for file in sealed_files(context):
        names, there = _known(context, file), {entry.name for entry in file.entries}
        missing = [name for name, each in names.items() if _is_needed(each) and name not in there]
        for name in missing if file.recipients is not None else ():
            mend = f"stead secret set {name} --env {file.environment.name}"
            yield Problem("SOPS015", f"{file.environment.name} has no {name}", file.where, mend)


@rule("SOPS018", shown=False)
def sealed_files_are_of_environments(context: Context) -> Iterator[Problem]:
    """A sealed file is named after an environment of the description.

    Nothing reads another one: the environment that is meant has no secrets, or those of yesterday. Fix the name of the
    file, or remove what is left of an environment that is gone, and end its secrets.
    """
    names = [each.name for each in context.backend.environments] if context.backend else []
    for path in context.tree.below(context.root.joinpath(*FOLDER)) if names else ():
        if path.suffix == ".yaml" and path.stem not in names:
            message, mend = f"no environment is named {path.stem}", f"the environments are {', '.join(names)}"
            yield Problem("SOPS018", message, SourceLocation(str(path), 1, 1), mend)


@rule("SOPS019", shown=False)
def rules_seal_every_value(context: Context) -> Iterator[Problem]:
    """A rule of `.sops.yaml` for an environment's file leaves no value in the clear.

    With `encrypted_regex` and the like `sops` seals the names that fit and writes the others as they are, into the
    history of the repository. Remove the line: of these files every value is a secret.
    """
    for file in sealed_files(context):
        for name, where in partial_sealing(context, file.path):
            message = f"{name} leaves other secrets of {file.environment.name} in the clear"
            yield Problem("SOPS019", message, where, f"remove {name}")


def _known(context: Context, file: SealedFile) -> dict[str, kind.Kind]:
    assert context.backend is not None
    return kind.wanted(ComposeContext(context.backend, file.environment))


def _is_needed(each: kind.Kind) -> bool:
    """Tell what someone must put there; what a server's own passwords are, Compose makes by itself."""
    return isinstance(each, kind.SigningKey) or (isinstance(each, kind.ProvidedSecret) and each.setting.required)


RULES = (
    every_value_is_sealed,
    two_people_can_open_it,
    recipients_are_those_of_the_rules,
    values_are_changed_once_a_year,
    every_secret_is_read,
    what_must_be_given_is_given,
    sealed_files_are_of_environments,
    rules_seal_every_value,
)
