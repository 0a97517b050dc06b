"""Information about a run on this machine: its addresses, and the development secrets."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stead.kit.caller import mint
from stead.kit.key import new_private_key, signing_key
from stead.model import Backend, Clerk, Dev, Oidc, Process, load
from stead.model.wiring import PRIVATE_KEY
from stead.run.control_client import Remote, running_description
from stead.run.error import NotRunningError, RunError
from stead.run.identity import Identity
from stead.run.resolve import Inputs
from stead.run.secrets import Secrets
from stead.run.state_directory import Folder


@dataclass(frozen=True)
class Running:
    """A backend that runs. `urls` has its services and its gateway by name, `skipped` what does not run, and why."""

    backend: str
    environment: str
    version: str
    url: str
    urls: Mapping[str, str]
    skipped: Mapping[str, str]
    folder: Folder

    def token(self, user: str, roles: Sequence[str] = ()) -> str:
        """Return a development user's token."""
        return development_token(self.folder.description, user, roles)

    def service_token(self, caller: str, callee: str, operations: Sequence[str]) -> str:
        """Return a token of a caller for a callee: `Bearer …`. It is signed with the caller's key. A name that is no
        process of the backend gets its own key, which no callee trusts.
        """
        given = Inputs.beside(self.folder.description, self.environment).find(PRIVATE_KEY.name)
        known = bool(_named(load(self.folder.description), caller))
        own = Secrets(self.folder).signing_key(caller) if known else new_private_key(caller)
        key = signing_key(given[0] if given else own)
        return f"Bearer {mint(key, caller, callee, operations, now=time.time())}"

    def secret(self, process: str, setting: str) -> str:
        """Return the value of a process's secret; RunError when it has none of that name."""
        backend = load(self.folder.description)
        found = [one for each in _named(backend, process) for one in each.declared if one.name == setting]
        given = Inputs.beside(self.folder.description, self.environment).find(setting)
        if given:
            return given[0]
        if not found or found[0].dev in (None, Dev.ISSUER, Dev.KEY_SET):
            raise RunError(f"{process} has no development secret {setting}")
        kind = found[0].dev
        assert kind
        return Secrets(self.folder).setting(setting, kind)


def running(path: str | Path = ".") -> Running | None:
    """Return the backend of that path when it runs on this machine."""
    try:
        remote = Remote(path)
        state = remote.ask("status")
    except NotRunningError:
        return None
    processes = state["processes"]
    asked = [each for each in processes if each["kind"] in ("service", "gateway") and each["url"]]
    return Running(
        backend=state["backend"],
        environment=state["environment"],
        version=state["version"],
        url=state["url"],
        urls={each["name"]: each["url"] for each in asked},
        skipped={each["name"]: each["why"] for each in processes if each["state"] == "skipped"},
        folder=remote.folder,
    )


def development_token(path: str | Path, user: str, roles: Sequence[str] = (), *, seconds: int = 3600) -> str:
    """Mint a token of the development identity provider of the backend at that path, whether it runs or not."""
    description = running_description(path)
    folder = Folder(description)
    folder.make()
    backend = load(description)
    providers = _providers(backend)
    if not providers:
        raise RunError(f"{backend.name} has no identity provider for which Stead can create tokens")
    first = providers[0]
    claims = {"aud": first.audience} if isinstance(first, Oidc) else {}
    return Identity(folder).token(user, roles, seconds=seconds, roles_claim=first.roles_claim, **claims)


def has_tokens(backend: Backend) -> bool:
    """Return whether Stead can create development tokens for it."""
    return bool(_providers(backend))


def _providers(backend: Backend) -> list[Clerk | Oidc]:
    providers = backend.gateway.providers if backend.gateway else ()
    return [provider for provider in providers if isinstance(provider, Clerk | Oidc)]


def _named(backend: Backend, name: str) -> list[Process]:
    return [process for process in backend.processes if process.name == name]
