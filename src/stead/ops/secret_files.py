"""The secret files of an environment: generated where possible, otherwise copied from the env file.

An existing file stays: a database may have its password already. Derived files (keyrings, a server's list of users) are
written each time.

The folder is closed to everyone (0700), and the files in it are readable (0444): Compose mounts a file unchanged, and
the user of a container does not exist on this machine.
"""

import json
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from stead.kit.key import keyring, new_private_key
from stead.model import Setting
from stead.model.resource_form import form_of
from stead.ops.sops.secret_names import live
from stead.render.compose import secret as kind
from stead.render.compose.context import ComposeContext
from stead.render.compose.store import PORTS
from stead.render.context import ServerPart
from stead.run.identity import Identity
from stead.run.redis.create import NEWER, RIGHTS
from stead.run.secrets import Secrets
from stead.run.state_directory import Folder

FOLDER_MODE, FILE_MODE = 0o700, 0o444
SHARED = "SERVICE_JWT_SECRET"
SCHEMES = {"postgres": "postgresql", "redis": "redis", "s3": "s3"}


@dataclass
class CreatedFiles:
    """The names of the written files, and of the missing values."""

    written: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class SecretFiles:
    """The secrets of one environment.

    folder   where its files are
    given    the env file: what a person gives
    local    in development: the secrets of this machine, so that a backend has the same under `stead up`
    sealed   what the environment's sealed file holds: it goes before all others
    """

    def __init__(
        self,
        context: ComposeContext,
        folder: Path,
        given: Mapping[str, str],
        local: Folder | None,
        sealed: Mapping[str, str] | None = None,
    ) -> None:
        self._sealed = sealed or {}
        self._world, self._folder, self._given, self._local = context, folder, given, local
        self._secrets = Secrets(local) if local else None
        self._identity = Identity(local) if local else None
        self._made = CreatedFiles()

    def make(self) -> CreatedFiles:
        """Write every file that the environment needs."""
        if self._local:
            self._local.make()
        self._folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        self._folder.chmod(FOLDER_MODE)
        found = kind.wanted(self._world)
        for name, each in sorted(found.items(), key=lambda item: (isinstance(item[1], kind.EnvironFile), item[0])):
            self._write(name, self._text(name, each))
        return self._made

    def _text(self, name: str, each: kind.Kind) -> str:
        match each:
            case kind.ProvidedSecret(setting):
                return self._person(name, setting)
            case kind.SigningKey(process):
                return self._key(process)
            case kind.Keyring(callers):
                return keyring(callers, self._keys)
            case kind.PartUrl(server, part):
                return self._url(server, part)
            case kind.UrlForm(server, part, form):
                return form_of(part.resource.kind, self._url(server, part), form)
            case kind.Server(server, parts):
                return self._server(name, server, parts)
            case kind.EnvironFile(values):
                return "".join(f"{setting}={_quoted(self._there(secret))}\n" for setting, secret in values)
        assert self._identity
        return self._identity.key_set.read_text()

    def _person(self, name: str, setting: Setting) -> str:
        """Return a given value; in development it is generated, elsewhere it is empty until it is set."""
        found = self._sealed.get(name) or self._given.get(name) or self._there(name)
        if not found and self._secrets and setting.dev is not None:
            found = self._secrets.setting(name, setting.dev)
        if not found and setting.required:
            self._made.missing.append(name)
        return found

    def _key(self, process: str) -> str:
        """Return the key with which a process signs; a shared secret in the env file takes its place."""
        if self._given.get(SHARED):
            return self._given[SHARED]
        if self._secrets:
            return self._secrets.signing_key(process)
        name = f"{process}.{SHARED}"
        if not self._there(name):
            self._write(name, new_private_key(process))
        return self._there(name)

    def _keys(self, process: str) -> Sequence[str]:
        """Return the valid keys of a process: two during a rotation, in the sealed file or on this machine."""
        key = self._key(process)
        if self._given.get(SHARED):
            return [key]
        if self._secrets:
            return self._secrets.signing_keys(process)
        return [key, *(each for each in live(f"{process}.{SHARED}", self._sealed) if each != key)]

    def _url(self, server: str, part: ServerPart) -> str:
        """Return the URL of a part; an existing one stays, so that it may name an external server."""
        if not self._there(part.secret):
            password = quote(self._password(server, part.name), safe="")
            user = f"{quote(part.name, safe='')}:{password}@{server}:{PORTS[server]}"
            self._write(part.secret, f"{SCHEMES[server]}://{user}/{'0' if server == 'redis' else part.name}")
        return self._there(part.secret)

    def _server(self, name: str, server: str, parts: tuple[ServerPart, ...]) -> str:
        if name == kind.USERS:
            return _acl(_owner(self._url(server, part)) for part in parts)
        if name == kind.IDENTITIES:
            return _identities(self._admin(server), [(self._url(server, part), part.name) for part in parts])
        return unquote(urlsplit(self._admin(server)).password or "") if name == kind.PASSWORD else self._admin(server)

    def _admin(self, server: str) -> str:
        """Return the administrator's URL."""
        name = kind.ADMIN if server == "postgres" else kind.S3_ADMIN
        if not self._there(name):
            user = "postgres" if server == "postgres" else "admin"
            password = quote(self._password(server, "administrator"), safe="")
            path = "postgres" if server == "postgres" else ""
            self._write(name, f"{SCHEMES[server]}://{user}:{password}@{server}:{PORTS[server]}/{path}")
        return self._there(name)

    def _password(self, server: str, part: str) -> str:
        return self._secrets.password(server, part) if self._secrets else secrets.token_urlsafe(24)

    def _there(self, name: str) -> str:
        return self._sealed.get(name) or self._in_file(name)

    def _in_file(self, name: str) -> str:
        try:
            return (self._folder / name).read_text(encoding="utf-8").rstrip("\n")
        except FileNotFoundError:
            return ""

    def _write(self, name: str, text: str) -> None:
        """Replace a file atomically, unless its content is the same."""
        file = self._folder / name
        if file.is_file() and self._in_file(name) == text.rstrip("\n"):
            return
        fresh = file.with_name(f".{name}.new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(text)
        fresh.chmod(FILE_MODE)
        fresh.replace(file)
        if name not in self._made.written:
            self._made.written.append(name)


def _owner(url: str) -> tuple[str, str]:
    at = urlsplit(url)
    return unquote(at.username or ""), unquote(at.password or "")


def _acl(users: Iterable[tuple[str, str]]) -> str:
    """Return the users of a Redis; without a login only PING is allowed."""
    lines = ["user default on nopass resetkeys resetchannels -@all +ping"]
    for name, password in sorted(users):
        hashed = sha256(password.encode()).hexdigest()
        lines.append(f"user {name} on #{hashed} ~{name}:* resetchannels &{name}:* {' '.join((*RIGHTS, *NEWER))}")
    return "".join(f"{line}\n" for line in lines)


def _identities(admin: str, buckets: Iterable[tuple[str, str]]) -> str:
    """Return the users of the S3 server: an administrator, and one for each bucket, limited to it."""
    actions = ("Read", "Write", "List", "Tagging")
    found = [_identity("admin", admin, ["Admin"])]
    for url, bucket in sorted(buckets, key=lambda each: each[1]):
        found.append(_identity(bucket, url, [f"{action}:{bucket}" for action in actions]))
    return json.dumps({"identities": found}, indent=1) + "\n"


def _identity(name: str, url: str, actions: list[str]) -> dict[str, Any]:
    key, secret = _owner(url)
    return {"name": name, "credentials": [{"accessKey": key, "secretKey": secret}], "actions": actions}


def _quoted(text: str) -> str:
    """Quote a value for an env file: unchanged in single quotes, or escaped in double quotes."""
    if "'" not in text and "\n" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("\n", "\\n")
    return f'"{escaped}"'
