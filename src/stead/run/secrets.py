"""Development secrets: generated once, stored in `.stead/secrets.json`, the same at every start."""

import base64
import json
import secrets
from collections.abc import Callable

from stead.kit.key import new_private_key
from stead.model import Dev
from stead.run.state_directory import Folder

FILE = "secrets.json"
NEXT, PREVIOUS = "next", "previous"  # values beside the one that is used, while it is rotated


class Secrets:
    """The secrets of one backend on this machine, by name; a new one is stored immediately.

    read_only  makes a new one for this object alone: for a reader beside a run, whose file it must not write
    """

    def __init__(self, folder: Folder, *, read_only: bool = False) -> None:
        self._folder, self._read_only = folder, read_only
        self._kept: dict[str, str] = folder.read_json(FILE) or {}

    def setting(self, name: str, kind: Dev) -> str:
        """Return the development value of a setting: one name, one value, anyone who declares it."""
        return self._once(f"setting:{name}", made(kind))

    def signing_key(self, process: str) -> str:
        """Return the private JWK (Ed25519) with which a process signs its calls."""
        return self._once(f"key:{process}", lambda: new_private_key(process))

    def signing_keys(self, process: str) -> list[str]:
        """Return the keys whose signatures hold: two of them while one is rotated, the one that signs first."""
        return [self.signing_key(process), *self._others(f"key:{process}")]

    def settings(self, name: str, kind: Dev, separator: str) -> str:
        """Return the accepted values of a setting, the one in use first: two during a rotation."""
        others = self._others(f"setting:{name}") if separator else []
        return separator.join([self.setting(name, kind), *others])

    def is_rotated(self, name: str) -> bool:
        """Return whether a value that others hold has its earlier one beside it."""
        return f"{name}:{PREVIOUS}" in self._kept

    def add(self, name: str, value: str) -> None:
        """Store the next value of a secret; one from an interrupted rotation stays."""
        self._kept.setdefault(f"{name}:{NEXT}", value)
        self._write()

    def move(self, name: str) -> None:
        """Replace the value by the next one, and keep the earlier one beside it; nothing without a next one."""
        following = self._kept.pop(f"{name}:{NEXT}", None)
        if following is None:  # the file was moved before an interruption
            return
        self._kept[f"{name}:{PREVIOUS}"] = self._kept[name]
        self._kept[name] = following
        self._write()

    def end(self, name: str) -> None:
        """Forget the value before."""
        self._kept.pop(f"{name}:{PREVIOUS}", None)
        self._write()

    def end_interrupted(self) -> None:
        """Remove earlier values that only this backend's processes used: at a start, when none of them runs."""
        left = [name for name in self._kept if self.is_rotated(name) and not name.startswith("setting:")]
        for name in left:
            del self._kept[f"{name}:{PREVIOUS}"]
        if left:
            self._write()

    def password(self, kind: str, part: str) -> str:
        """Return the password to a part of a resource, such as a database of PostgreSQL."""
        return self._once(f"{kind}:{part}", lambda: secrets.token_urlsafe(24))

    def passwords(self, kind: str, part: str) -> list[str]:
        """Return the accepted passwords of a part, the one in use first: two during a rotation."""
        return [self.password(kind, part), *self._others(f"{kind}:{part}")]

    def all(self) -> list[str]:
        """Return everything that must not be shown; of a key also its private part alone."""
        parts = [json.loads(text)["d"] for text in self._kept.values() if text.startswith("{")]
        return [*self._kept.values(), *parts]

    def _others(self, name: str) -> list[str]:
        found = (self._kept.get(f"{name}:{part}") for part in (NEXT, PREVIOUS))
        return [text for text in found if text]

    def _once(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._kept:
            self._kept[name] = make()
            self._write()
        return self._kept[name]

    def _write(self) -> None:
        if self._read_only:
            return
        self._folder.write_private(FILE, json.dumps(self._kept, indent=1, sort_keys=True))


def made(kind: Dev) -> Callable[[], str]:
    """Return the generator of development values of a kind."""
    return {Dev.WEBHOOK_SECRET: _webhook_secret, Dev.BOT_TOKEN: _bot_token}.get(kind, _random)


def renewed(kind: Dev, before: str) -> str:
    """Return another value of a kind; the token of a bot keeps the bot's id."""
    text = made(kind)()
    return f"{before.partition(':')[0]}:{text.partition(':')[2]}" if kind is Dev.BOT_TOKEN else text


def _random() -> str:
    return secrets.token_hex(32)


def _webhook_secret() -> str:
    """As Svix writes it: `whsec_` and 24 bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def _bot_token() -> str:
    """As Telegram writes it: the bot's id, a colon, 35 characters."""
    return f"{secrets.randbelow(9 * 10**9) + 10**9}:{secrets.token_urlsafe(27)[:35]}"
