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
    """Every value of a sealed file is encrypted.

    A plain value is in the repository's history for everyone with a clone. Replace it at its source, and seal the new
    one: `stead secret set NAME --env ENVIRONMENT`.
    """
    for file in sealed_files(context):
        name = file.environment.name
        if file.recipients is None:
            mend = f"move it away, stead secret init --env {name}, and stead secret set each value again"
            yield Problem("SOPS010", f"the secrets of {name} are not encrypted", file.where, mend)
            continue
        for entry in file.entries:
            if not entry.sealed:
                mend = f"make a new value, and stead secret set {entry.name} --env {name}"
                yield Problem("SOPS010", f"{entry.name} is not encrypted", entry.where, mend)


@rule("SOPS011", shown=False)
def two_people_can_open_it(context: Context) -> Iterator[Problem]:
    """A sealed file has at least two recipients.

    With one, the loss of its key loses every secret of the environment. Add a second person, or an offline key: `stead
    secret recipients --env ENVIRONMENT --recipient age1…`.
    """
    for file in sealed_files(context):
        if file.recipients is not None and len(set(file.recipients)) < LEAST:
            name = file.environment.name
            mend = f"stead secret recipients --env {name} --recipient age1…"
            yield Problem("SOPS011", f"{len(file.recipients)} can open the secrets of {name}", file.where, mend)


@rule("SOPS012", shown=False)
def recipients_are_those_of_the_rules(context: Context) -> Iterator[Problem]:
    """A sealed file has exactly the recipients in `.sops.yaml`.

    A removed recipient can open the file until it is sealed again, and an added one cannot yet. Seal it: `stead secret
    recipients --env ENVIRONMENT`. A removed recipient may have read every value: replace each.
    """
    for file in sealed_files(context):
        expected = recipients_of(context, file.path)
        name = file.environment.name
        if file.recipients is None:
            continue
        if expected is None:
            mend = f"stead secret recipients --env {name} --recipient age1… --recipient age1…"
            yield Problem("SOPS012", f"no rule of .sops.yaml is for the secrets of {name}", file.where, mend)
        elif expected and set(expected) != set(file.recipients):
            yield Problem("SOPS012", _difference(file, expected), file.where, f"stead secret recipients --env {name}")


def _difference(file: SealedFile, expected: tuple[str, ...]) -> str:
    have = set(file.recipients or ())
    parts = [f"{each} is missing" for each in expected if each not in have]
    parts += [f"{each} is not a recipient there" for each in sorted(have - set(expected))]
    return f"the recipients are not those of .sops.yaml: {', '.join(parts)}"


@rule("SOPS013", severity="warning", shown=False)
def values_are_changed_once_a_year(context: Context) -> Iterator[Problem]:
    """A secret is replaced once a year.

    The longer a value is in use, the more people and backups have it. Replace it at its source and `stead secret set`
    it, or `stead secret rotate` a generated key.
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

    An unused name is a typing mistake, so that the intended one is missing, or it is obsolete. Fix the name, or remove
    the entry with `sops unset`.
    """
    for file in sealed_files(context):
        known = _known(context, file)
        for entry in file.entries:
            if entry.name.removesuffix(".next").removesuffix(".previous") not in known:  # while one is rotated
                message = f"no process in {file.environment.name} has the secret {entry.name}"
                mend = f"fix the name, or sops unset {file.path.name} '[\"{entry.name}\"]'"
                yield Problem("SOPS014", message, entry.where, mend)


@rule("SOPS015", shown=False)
def what_must_be_given_is_given(context: Context) -> Iterator[Problem]:
    """A sealed file has every required secret of its environment.

    Without it a process does not start. `stead secret set NAME --env ENVIRONMENT`, or `stead secret rotate NAME` for a
    generated key.
    """
    for file in sealed_files(context):
        names, there = _known(context, file), {entry.name for entry in file.entries if not entry.empty}
        in_cluster = bool(file.environment.kubernetes)
        missing = [name for name, each in names.items() if _is_needed(name, each, in_cluster) and name not in there]
        for name in missing if file.recipients is not None else ():
            mend = f"stead secret set {name} --env {file.environment.name}"
            yield Problem("SOPS015", f"{file.environment.name} has no {name}", file.where, mend)


@rule("SOPS018", shown=False)
def sealed_files_are_of_environments(context: Context) -> Iterator[Problem]:
    """A sealed file is named after an environment of the description.

    Nothing reads another file: the intended environment has no secrets, or old ones. Fix the name of the file, or
    remove the file of a removed environment, and revoke its secrets.
    """
    names = [each.name for each in context.backend.environments] if context.backend else []
    for path in context.tree.below(context.root.joinpath(*FOLDER)) if names else ():
        if path.suffix == ".yaml" and path.stem not in names:
            message, mend = f"no environment is named {path.stem}", f"the environments are {', '.join(names)}"
            yield Problem("SOPS018", message, SourceLocation(str(path), 1, 1), mend)


@rule("SOPS019", shown=False)
def rules_seal_every_value(context: Context) -> Iterator[Problem]:
    """A rule of `.sops.yaml` for an environment's file leaves no value unencrypted.

    With `encrypted_regex` and the like `sops` encrypts only the matching names, and the other values enter the history
    of the repository. Remove the line: every value of these files is a secret.
    """
    for file in sealed_files(context):
        for name, where in partial_sealing(context, file.path):
            message = f"{name} leaves other secrets of {file.environment.name} unencrypted"
            yield Problem("SOPS019", message, where, f"remove {name}")


def _known(context: Context, file: SealedFile) -> dict[str, kind.Kind]:
    assert context.backend is not None
    return kind.wanted(ComposeContext(context.backend, file.environment))


def _is_needed(name: str, each: kind.Kind, in_cluster: bool) -> bool:
    """Tell what someone must put there; the passwords of its own servers Compose makes by itself."""
    if isinstance(each, kind.PartUrl) or name == kind.ADMIN:
        return in_cluster
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
