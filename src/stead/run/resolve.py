"""Resolve symbolic wires to values of this machine, each with its source.

A value comes from the process environment, then the env file, then the setting's default, then a development value that
is generated once. The address of a resource stays open until the resource runs.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from stead.kit.key import jwk_set, keyring, public_jwk, shared_jwk
from stead.model import Backend, Dev, Environment, Process, Resource, Setting
from stead.model import wiring as symbol
from stead.model.environment_value import as_text
from stead.model.git import git
from stead.model.host_of import HostOf
from stead.model.resource_form import URL, form_of
from stead.run.error import MissingSettingsError
from stead.run.identity import ISSUER, Identity
from stead.run.port import HOST, Ports
from stead.run.program_addresses import ProgramAddresses
from stead.run.secrets import Secrets

Source = Literal["description", "default", "file", "environment", "generated", "derived", "open"]
YES, NO = frozenset(("true", "1", "yes", "on", "t", "y")), frozenset(("false", "0", "no", "off", "f", "n"))
SHARED = symbol.PRIVATE_KEY.name


@dataclass(frozen=True, slots=True)
class ProvidedValue:
    """One setting's value for one process; `text` is None when it is left out, or still open."""

    setting: Setting
    text: str | None
    source: Source
    reason: str
    resource: Resource | None = None
    form: str = URL

    @property
    def value(self) -> Any:
        """The value as its type has it."""
        return None if self.text is None else parse(self.setting, self.text)


@dataclass(frozen=True)
class Inputs:
    """The given values: the process environment, and an env file."""

    environment: Mapping[str, str]
    file: Mapping[str, str]
    path: Path

    @classmethod
    def beside(cls, description: Path, environment: str) -> "Inputs":
        return cls.at(description.with_name(f".env.{environment}"))

    @classmethod
    def at(cls, path: Path) -> "Inputs":
        """Read the env file that a person names."""
        return cls(dict(os.environ), _read(path), path)

    def find(self, name: str) -> tuple[str, Source] | None:
        if name in self.environment:
            return self.environment[name], "environment"
        if name in self.file:
            return self.file[name], "file"
        return None


class Resolver:
    """Gives every process of a backend its values; `raise_problems()` names at once all that could not be given."""

    def __init__(
        self,
        backend: Backend,
        environment: Environment,
        inputs: Inputs,
        secrets: Secrets,
        identity: Identity,
        ports: Mapping[str, int],
        programs: ProgramAddresses | None = None,
    ) -> None:
        self.backend, self.environment, self.inputs = backend, environment, inputs
        self.secrets, self.identity, self.ports = secrets, identity, ports
        self.programs = programs or ProgramAddresses(Ports())
        self.version = version_of(inputs.path.parent)
        self._wrong: dict[tuple[str, str], list[str]] = {}

    def resolve(self, process: Process) -> tuple[ProvidedValue, ...]:
        found = [self._given(process, wire) for wire in symbol.wires(self.backend, process, self.environment)]
        shared = self.inputs.find(SHARED)
        if shared and all(given.setting.name != SHARED for given in found):
            found.append(ProvidedValue(symbol.PRIVATE_KEY, *shared, "verifies the calls that it gets"))
        return tuple(found)

    def raise_problems(self) -> None:
        """Raise MissingSettingsError when something is missing or malformed."""
        if not self._wrong:
            return
        lines = [f"{self.backend.name} cannot start: {len(self._wrong)} of its settings cannot be used."]
        lines += [f"  {name} {wrong}  ({', '.join(names)})" for (name, wrong), names in sorted(self._wrong.items())]
        lines.append(f"Set each in the environment, or in {self.inputs.path}")
        raise MissingSettingsError("\n".join(lines))

    def _given(self, process: Process, wire: symbol.Wire) -> ProvidedValue:
        value, setting, reason = wire.value, wire.setting, wire.reason
        match value:
            case symbol.Supplied():
                return self._supplied(process, setting, reason)
            case symbol.Text(text):
                return ProvidedValue(setting, as_text(text), "description", reason)
            case symbol.AddressOf(resource, _, form):
                return self._address(process, wire, resource, form)
            case symbol.PrivateKeyOf():
                found = self.inputs.find(SHARED)
                text, source = found or (self.secrets.signing_key(process.name), "generated")
                return ProvidedValue(setting, text, source, reason)
        return ProvidedValue(setting, self._derived(process, value), "derived", reason)

    def public_key(self, name: str) -> str:
        """Return the key set that verifies a process's signatures; for a shared secret it holds the secret."""
        shared = self.inputs.find(SHARED)
        if shared:
            return jwk_set({name: shared_jwk(shared[0], name)})
        return jwk_set({name: public_jwk(self.secrets.signing_key(name), name)})

    def _derived(self, process: Process, value: symbol.Value) -> str:
        match value:
            case symbol.EnvironmentName():
                return self.environment.name
            case HostOf():
                return HOST
            case symbol.UrlOf(service):
                through = self.programs.calls.get((process.name, service.name))
                return f"http://{HOST}:{through or self.ports[service.name]}"
            case symbol.PortOf(listener):
                return str(self.programs.inner.get(listener.name) or self.ports[listener.name])
            case symbol.Keyring(_, callers):
                return self._keyring(callers)
        return self.version

    def _keyring(self, callers: Sequence[tuple[str, tuple[str, ...]]]) -> str:
        shared = self.inputs.find(SHARED)
        return keyring(callers, lambda name: [shared[0]] if shared else self.secrets.signing_keys(name))

    def _address(self, process: Process, wire: symbol.Wire, resource: Resource, form: str) -> ProvidedValue:
        """Return whether the runner provisions a resource: always for a database; another one may be given."""
        found = None if resource.kind == "postgres" else self.inputs.find(resource.setting)
        if not found:
            return ProvidedValue(wire.setting, None, "open", wire.reason, resource, form)
        try:
            return ProvidedValue(wire.setting, form_of(resource.kind, found[0], form), found[1], wire.reason)
        except ValueError as error:
            self._note(process, wire.setting, f"cannot be taken from {resource.setting}: {error}")
            return ProvidedValue(wire.setting, None, "open", wire.reason)

    def _supplied(self, process: Process, setting: Setting, reason: str) -> ProvidedValue:
        found = self.inputs.find(setting.name)
        if found:
            self._check(process, setting, found[0])
            return ProvidedValue(setting, *found, reason)
        if setting.dev is not None:
            return ProvidedValue(setting, self._development(setting, setting.dev), "generated", reason)
        if not setting.required:
            return ProvidedValue(
                setting, None if setting.default is None else as_text(setting.default), "default", reason
            )
        self._note(process, setting, f"is missing: {setting.help}" if setting.help else "is missing")
        return ProvidedValue(setting, None, "open", reason)

    def _development(self, setting: Setting, kind: Dev) -> str:
        if kind is Dev.ISSUER:
            return ISSUER
        if kind is Dev.KEY_SET:
            return self.identity.key_set_url
        return self.secrets.settings(setting.name, kind, setting.several)

    def _check(self, process: Process, setting: Setting, text: str) -> None:
        try:
            value = parse(setting, text)
        except ValueError:
            self._note(process, setting, f"is not of type {setting.type.__name__}")
            return
        if setting.minimum is not None and value < setting.minimum:
            self._note(process, setting, f"is less than {setting.minimum}")

    def _note(self, process: Process, setting: Setting, wrong: str) -> None:
        self._wrong.setdefault((setting.name, wrong), []).append(process.name)


def parse(setting: Setting, text: str) -> Any:
    """Read an environment variable as the setting's type; ValueError when it is none."""
    if setting.type is bool:
        if text.lower() not in YES | NO:
            raise ValueError("expected true or false")
        return text.lower() in YES
    if setting.type is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return setting.type(text)


def version_of(folder: Path) -> str:
    """Return the short commit of the folder's repository, or "dev"."""
    try:
        ran = git(folder, "rev-parse", "--short", "HEAD", seconds=5)
    except (OSError, subprocess.TimeoutExpired):
        return "dev"
    return ran.stdout.decode().strip() or "dev"


def _read(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return {name: text for name, text in dotenv_values(path, interpolate=False).items() if text is not None}
