"""The secrets of one environment: its sealed file, compared with the secrets of the description."""

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stead.kit.age_file import replace
from stead.kit.key import KeyProblem, signing_key
from stead.model import Backend, Environment
from stead.ops.sops.cipher import text_of
from stead.ops.sops.document import Document, opened, parsed
from stead.ops.sops.error import KeyMissingError, SopsError
from stead.ops.sops.procedure import NEXT, PREVIOUS
from stead.ops.sops.rules import FILE, Rules, enough, file_text, path_of
from stead.ops.sops.secret_names import SecretName, secret_names

CHANGED = "changed_unencrypted"  # the time of each value's last change, by name: not encrypted, and covered by the MAC
IDENTITY_FILE = "SOPS_AGE_KEY_FILE"
IDENTITIES = ("SOPS_AGE_KEY", "SECRETS_AGE_IDENTITY")


def identities_of(file: Path | None, environ: Mapping[str, str] = os.environ) -> str:
    """Return the identities of the given file, or of the variables that `sops` reads; SopsError without one."""
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
        """Write the rule and the first file, with all generated keys; SopsError when the file exists."""
        with self._locked():
            if self.file.exists():
                raise SopsError(f"{self.file} exists; change it by stead secret set, rotate or recipients")
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
        """Return the decrypted and verified file."""
        try:
            return opened(self._text(), identities)
        except SopsError as error:
            raise type(error)(f"{self.file}: {error}") from None

    def set(self, name: str, value: str, identities: str) -> None:
        """Seal one value; SopsError for a name without a reader, an empty value, one that cannot be what the name says,
        and one that another environment has.
        """
        self._check_value(self._known(name), value)
        for other in self._others_with(name, value, identities):
            raise SopsError(f"{other} has the same {name}: each environment needs its own value; choose another")
        with self._locked():
            document = self.open(identities)
            _put(document, name, value)
            self._write(document)

    def _check_value(self, secret: SecretName, value: str) -> None:
        if not value:
            raise SopsError(f"the value of {secret.name} is empty: give it on standard input")
        try:
            if secret.made:
                signing_key(value)
        except KeyProblem:
            mend = f"stead secret rotate {secret.name} --env {self.environment.name} makes one"
            raise SopsError(f"the value of {secret.name} is no Ed25519 key in the form of a JWK: {mend}") from None

    def get(self, name: str, identities: str) -> str:
        """Return one value; SopsError without one."""
        values = self.open(identities).values
        if name == CHANGED or name not in values:
            raise SopsError(
                f"{self.environment.name} has no {name}; list the names: stead secret list --env "
                f"{self.environment.name}"
            )
        return text_of(values[name], name)

    def rotate(self, name: str, identities: str) -> str:
        """Move a generated secret to the next phase of its rotation, and return a text with the phase.

        Without a name, encrypt all with a new data key. Deliver each phase before the next: then every reader accepts a
        value before any process uses it.
        """
        with self._locked():
            document = self.open(identities)
            done = self._next_phase(document, name) if name else "all values are sealed with a new data key"
            if not name:
                document.rotate()
            self._write(document)
            return done

    def _next_phase(self, document: Document, name: str) -> str:
        secret = self._known(name)
        if not secret.made:
            raise SopsError(f"{name} is not generated: {secret.change}")
        values, following, earlier = document.values, name + NEXT, name + PREVIOUS
        if name not in values:
            _put(document, name, secret.new())
            return f"{name} is generated"
        if earlier in values:
            _remove(document, earlier)
            return f"3 of 3: the earlier {name} is removed; deliver the file"
        if following in values:
            _put(document, earlier, text_of(values[name], name))
            _put(document, name, text_of(values[following], following))
            _remove(document, following)
            return f"2 of 3: the next {name} is in use; deliver the file, then rotate again"
        _put(document, following, secret.new())
        return f"1 of 3: readers accept the next {name}, too; deliver the file, then rotate again"

    def recipients(self, add: Sequence[str], remove: Sequence[str], identities: str) -> tuple[str, ...]:
        """Change the recipients of the file, and return them; a removal also replaces the data key."""
        with self._locked():
            rules = Rules.read(self.folder)
            known = rules.recipients(self.environment.name)
            for each in remove:
                if each not in known:
                    there = ", ".join(known) or "nobody"
                    raise SopsError(f"{each} is not a recipient of {self.environment.name}: {there}")
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
        return {name: text_of(value, name) for name, value in found.items() if name != CHANGED}

    def changed(self) -> dict[str, str]:
        """Return by name when each value that is not empty was changed last, which needs no key."""
        if not self.file.exists():
            return {}
        tree, _ = parsed(self._text())
        there = tree.get(CHANGED)
        dates = there if isinstance(there, dict) else {}
        return {name: str(dates.get(name, "")) for name, value in tree.items() if name != CHANGED and value}

    def missing(self) -> Iterator[str]:
        """Yield the names of required secrets that the file lacks."""
        there = self.changed()
        yield from (name for name, each in self.names.items() if each.required and name not in there)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold this folder's sealed files during the block: what two commands change at once would be lost in one."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _known(self, name: str) -> SecretName:
        names = self.names
        if name not in names:
            known = ", ".join(names) or "none"
            raise SopsError(f"{name or 'this'} is not a secret of {self.environment.name}; the secrets are: {known}")
        return names[name]

    def _others_with(self, name: str, value: str, identities: str) -> Iterator[str]:
        """Yield the environments with the same value, among those that these identities open."""
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
        """Write the file for the recipients of its rule; after a removal with a new data key."""
        name = self.environment.name
        known = Rules.read(self.folder).recipients(name)
        if not known:
            mend = f"stead secret recipients --env {name} --recipient age1… --recipient age1… writes it"
            raise SopsError(f"no rule of {FILE} is for {path_of(name)}: {mend}")
        recipients = enough(known, name)
        if set(document.recipients) - set(recipients):
            document.rotate()
        document.recipients = recipients
        self.file.parent.mkdir(parents=True, exist_ok=True)
        replace(self.file, document.written().encode())
        self.file.chmod(0o644)  # it is committed, and holds no plain text

    def _text(self) -> str:
        try:
            return file_text(self.file)
        except FileNotFoundError:
            mend = f"stead secret init --env {self.environment.name} --recipient age1… --recipient age1…"
            raise SopsError(f"{self.environment.name} has no sealed file: {mend}") from None


def _put(document: Document, name: str, value: str) -> None:
    """Change one value, and its date; the dates stay at the end of the file."""
    there = document.values.pop(CHANGED, None)
    dates = there if isinstance(there, dict) else {}
    document.values[name] = value
    document.values[CHANGED] = {**dates, name: _utc_date()}


def _remove(document: Document, name: str) -> None:
    del document.values[name]
    dates = document.values.get(CHANGED)
    if isinstance(dates, dict):
        dates.pop(name, None)


def _utc_date() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d")
