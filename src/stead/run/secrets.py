"""Development secrets: made once, kept in `.stead/secrets.json`, the same at every start."""

import base64
import json
import secrets
from collections.abc import Callable

from stead.kit.key import new_private_key
from stead.model import Dev
from stead.run.state_directory import Folder

FILE = "secrets.json"


class Secrets:
    """The secrets of one backend on this machine, by name; a new one is kept at once."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._kept: dict[str, str] = folder.read_json(FILE) or {}

    def setting(self, name: str, kind: Dev) -> str:
        """Return the development value of a setting: one name, one value, whoever declares it."""
        make = {Dev.WEBHOOK_SECRET: _webhook_secret, Dev.BOT_TOKEN: _bot_token}.get(kind, _random)
        return self._once(f"setting:{name}", make)

    def signing_key(self, process: str) -> str:
        """Return the private JWK (Ed25519) with which a process signs its calls."""
        return self._once(f"key:{process}", lambda: new_private_key(process))

    def password(self, kind: str, part: str) -> str:
        """Return the password to a part of a resource, such as a database of PostgreSQL."""
        return self._once(f"{kind}:{part}", lambda: secrets.token_urlsafe(24))

    def all(self) -> list[str]:
        """Return everything that must not be shown; of a key also its private part alone."""
        parts = [json.loads(text)["d"] for text in self._kept.values() if text.startswith("{")]
        return [*self._kept.values(), *parts]

    def _once(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._kept:
            self._kept[name] = make()
            self._folder.write_private(FILE, json.dumps(self._kept, indent=1, sort_keys=True))
        return self._kept[name]


def _random() -> str:
    return secrets.token_hex(32)


def _webhook_secret() -> str:
    """As Svix writes it: `whsec_` and 24 bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def _bot_token() -> str:
    """As Telegram writes it: the bot's id, a colon, 35 characters."""
    return f"{secrets.randbelow(9 * 10**9) + 10**9}:{secrets.token_urlsafe(27)[:35]}"
