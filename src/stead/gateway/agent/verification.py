"""How Envoy verifies signed tokens, as a file that Envoy watches: the plan's words, with the newest keys put in."""

import copy
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stead.gateway.agent.file import replace

FILE = "verification.json"
NAME = "envoy.filters.http.jwt_authn"
DIGITS = 16  # of the hash in a file's name
FILES_KEPT = 2  # files of one provider: the newest, and the one that Envoy may be reading


class Verification:
    """The files of all providers' keys, and the one file that names them.

    meanwhile  what Envoy does while some provider's keys are not available
    """

    def __init__(self, words: Mapping[str, Any], meanwhile: Mapping[str, Any], folder: Path) -> None:
        self._words = words
        self._meanwhile = meanwhile
        self._lacking: set[str] = set()
        self._folder = folder
        self._names: dict[str, str] = {}

    def has_keys(self, provider: str) -> bool:
        """Return whether keys of the provider are here, from this run or an earlier one; if so, use them."""
        if provider not in self._names:
            found = self._files(provider)
            if found:
                self._name(provider, found[0].name)
        return provider in self._names

    def keep(self, provider: str, keys: str) -> None:
        """Put in a provider's new keys. A new file each time: a name that stays the same would change nothing."""
        name = f"{provider}-{hashlib.sha256(keys.encode()).hexdigest()[:DIGITS]}.json"
        replace(self._folder / name, keys)
        self._name(provider, name)
        for old in self._files(provider)[FILES_KEPT:]:
            old.unlink(missing_ok=True)

    def do_without(self, provider: str) -> None:
        """Let the gateway start although there are no keys of a provider yet."""
        self._lacking.add(provider)
        self._write()

    def _files(self, provider: str) -> list[Path]:
        """Return the files of a provider's keys, the newest first."""
        # The whole name: with `oidc-*.json` a provider would take the keys of oidc-staff for its own.
        found = self._folder.glob(f"{provider}-{'[0-9a-f]' * DIGITS}.json")
        return sorted(found, key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)

    def _name(self, provider: str, name: str) -> None:
        self._names[provider] = name
        self._write()

    def _write(self) -> None:
        """Write the file as soon as it is known of each provider whether there are keys."""
        wanted = self._words["providers"].keys()
        if self._names.keys() >= wanted:
            replace(self._folder / FILE, extension(with_keys(self._words, self._names)))
        elif self._names.keys() | self._lacking >= wanted:
            replace(self._folder / FILE, extension(self._meanwhile))


def with_keys(words: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the configuration of the filter that verifies; `names` are the key files, by provider."""
    config = copy.deepcopy(dict(words))
    for provider, provider_config in config["providers"].items():
        folder = provider_config["local_jwks"]["filename"].rpartition("/")[0]
        provider_config["local_jwks"]["filename"] = f"{folder}/{names[provider]}"
    return config


def extension(config: Mapping[str, Any]) -> str:
    """Return the file with a filter's configuration for Envoy."""
    kind = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig"
    return json.dumps({"resources": [{"@type": kind, "name": NAME, "typed_config": config}]}, indent=1)
