"""The secrets of one environment: its sealed file, what of the description's secrets is in it, and what is missing."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stead.kit.age_file import replace
from stead.model import Backend, Environment
from stead.ops.sops.document import Document, opened, parsed
from stead.ops.sops.error import KeyMissingError, SopsError
from stead.ops.sops.procedure import NEXT, PREVIOUS
from stead.ops.sops.rules import Rules, enough, path_of
from stead.ops.sops.secret_names import SecretName, secret_names

CHANGED = "changed_unencrypted"  # when each value was changed last, by name: in the clear, and under the MAC
IDENTITY_FILE = "SOPS_AGE_KEY_FILE"
IDENTITIES = ("SOPS_AGE_KEY", "SECRETS_AGE_IDENTITY")


def identities_of(file: Path | None, environ: Mapping[str, str] = os.environ) -> str:
    """Return the identities that are given: a file, or what `sops` reads as well; SopsError when there is none."""
    file = file or (Path(environ[IDENTITY_FILE]) if environ.get(IDENTITY_FILE) else None)
    if file:
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise SopsError(f"the identity {file} cannot be read: {reason}") from None
    found = next((environ[name] for name in IDENTITIES if environ.get(name)), "")
    if not found:
        raise SopsError(f"the file is sealed: give --identity FILE, or ${IDENTITY_FILE}, or ${IDENTITIES[0]}")
    return found


@dataclass(frozen=True)
class EnvironmentSecrets:
    """One environment's file; `folder` is that of the backend.py."""

    backend: Backend
    environment: Environment
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / path_of(self.environment.name)

    @property
    def names(self) -> dict[str, SecretName]:
        return secret_names(self.backend, self.environment)

    def init(self, recipients: Sequence[str]) -> Document:
        """Write the rule and a first file, with every key that is made here; SopsError when there is a file."""
        if self.file.exists():
            raise SopsError(f"{self.file} is there: stead secret set, rotate or recipients change it")
        rules = Rules.read(self.folder)
        known = rules.recipients(self.environment.name)
        if recipients or not known:
            rules = rules.changed(self.environment.name, recipients)
        chosen = enough(rules.recipients(self.environment.name), self.environment.name)
        made = {name: each.new() for name, each in self.names.items() if each.made}
        document = Document({**made, CHANGED: dict.fromkeys(made, _utc_date())}, chosen)
        self._write(document)
        return document

    def open(self, identities: str) -> Document:
        """Return the file, opened and verified."""
        try:
            return opened(self._text(), identities)
        except SopsError as error:
            raise type(error)(f"{self.file}: {error}") from None

    def set(self, name: str, value: str, identities: str) -> None:
        """Seal one value; SopsError for a name that nobody reads, and for a value that another environment has."""
        self._known(name)
        for other in self._others_with(name, value, identities):
            raise SopsError(f"{other} has the same {name}: each environment has values of its own; take another value")
        document = self.open(identities)
        _put(document, name, value)
        self._write(document)

    def get(self, name: str, identities: str) -> str:
        """Return one value; SopsError where there is none."""
        values = self.open(identities).values
        if name == CHANGED or name not in values:
            raise SopsError(f"{self.environment.name} has no {name}; stead secret list --env {self.environment.name}")
        return str(values[name])

    def rotate(self, name: str, identities: str) -> str:
        """Take a secret that is made here to the next phase of its rotation, and say which that is.

        Without a name, seal all with another data key. Each phase is delivered before the next: then anyone who takes
        the value takes it before anybody shows it.
        """
        document = self.open(identities)
        done = self._next_phase(document, name) if name else "all values are sealed with another data key"
        if not name:
            document.rotate()
        self._write(document)
        return done

    def _next_phase(self, document: Document, name: str) -> str:
        secret = self._known(name)
        if not secret.made:
            raise SopsError(f"{name} is given by a person: {secret.change}")
        values, following, earlier = document.values, name + NEXT, name + PREVIOUS
        if name not in values:
            _put(document, name, secret.new())
            return f"{name} is made"
        if earlier in values:
            _remove(document, earlier)
            return f"3 of 3: the earlier {name} is ended; deliver it"
        if following in values:
            _put(document, earlier, str(values[name]))
            _put(document, name, str(values[following]))
            _remove(document, following)
            return f"2 of 3: the next {name} is shown; deliver it, then rotate again"
        _put(document, following, secret.new())
        return f"1 of 3: the next {name} is taken beside it; deliver it, then rotate again"

    def recipients(self, add: Sequence[str], remove: Sequence[str], identities: str) -> tuple[str, ...]:
        """Change to whom the file is sealed, and return them; who is removed loses the data key as well."""
        rules = Rules.read(self.folder)
        known = rules.recipients(self.environment.name)
        for each in remove:
            if each not in known:
                raise SopsError(f"{each} is not a recipient of {self.environment.name}: {', '.join(known) or 'nobody'}")
        document = self.open(identities)
        if add or remove:
            chosen = [each for each in (*known, *add) if each not in remove]
            rules = rules.changed(self.environment.name, chosen)
        recipients = rules.recipients(self.environment.name)
        if recipients != document.recipients:
            self._write(document)
        return recipients

    def values(self, identities: str) -> dict[str, str]:
        """Return every value, by name."""
        found = self.open(identities).values
        return {name: str(value) for name, value in found.items() if name != CHANGED}

    def changed(self) -> dict[str, str]:
        """Return when each value was changed last, for which no key is needed; nothing where there is no file."""
        if not self.file.exists():
            return {}
        tree, _ = parsed(self._text())
        dates = tree.get(CHANGED) or {}
        return {name: str(dates.get(name, "")) for name in tree if name != CHANGED}

    def missing(self) -> Iterator[str]:
        """Yield the names that a process does not start without, and the file does not have."""
        there = self.changed()
        yield from (name for name, each in self.names.items() if each.required and name not in there)

    def _known(self, name: str) -> SecretName:
        names = self.names
        if name not in names:
            known = ", ".join(names) or "none"
            raise SopsError(f"{name or 'this'} is not a secret in {self.environment.name}; there are: {known}")
        return names[name]

    def _others_with(self, name: str, value: str, identities: str) -> Iterator[str]:
        """Yield the environments that have this very value, of those that these identities open."""
        for other in self.backend.environments:
            secrets = EnvironmentSecrets(self.backend, other, self.folder)
            if other is not self.environment and value and secrets.file.exists():
                try:
                    values = secrets.values(identities)
                except KeyMissingError:  # its recipients are others, who compare it when they set theirs
                    continue
                if values.get(name) == value:
                    yield other.name

    def _write(self, document: Document) -> None:
        """Write the file for the recipients of its rule; where one of them was taken away, with another data key."""
        recipients = enough(Rules.read(self.folder).recipients(self.environment.name), self.environment.name)
        if set(document.recipients) - set(recipients):
            document.rotate()
        document.recipients = recipients
        self.file.parent.mkdir(parents=True, exist_ok=True)
        replace(self.file, document.written().encode())
        self.file.chmod(0o644)  # it is committed, and holds nothing in the clear

    def _text(self) -> str:
        try:
            return self.file.read_text(encoding="utf-8")
        except FileNotFoundError:
            mend = f"stead secret init --env {self.environment.name} --recipient age1… --recipient age1…"
            raise SopsError(f"{self.environment.name} has no sealed file: {mend}") from None


def _put(document: Document, name: str, value: str) -> None:
    """Change one value, and its date, which stays the last of the file."""
    dates = document.values.pop(CHANGED, None) or {}
    document.values[name] = value
    document.values[CHANGED] = {**dates, name: _utc_date()}


def _remove(document: Document, name: str) -> None:
    del document.values[name]
    document.values[CHANGED].pop(name, None)


def _utc_date() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d")
