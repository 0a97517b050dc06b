"""Secrets from the service's own environment."""

import os
from collections.abc import Iterable, Mapping

from stead.model.environment_value import SUFFIX, given
from stead.services.secrets.source import Snapshot


class EnvironmentSource:
    """The environment as it was at start, without what the service itself is told: its own key is nobody's to read."""

    def __init__(self, own: Iterable[str], environ: Mapping[str, str] | None = None) -> None:
        environ = os.environ if environ is None else environ
        names = environ.keys() | {name.removesuffix(SUFFIX) for name in environ if name.endswith(SUFFIX)}
        texts = {name: _text(environ, name) for name in names - set(own)}
        self._values = {name: text for name, text in texts.items() if text}

    async def load(self) -> Snapshot:
        return Snapshot(self._values)


def _text(environ: Mapping[str, str], name: str) -> str:
    """Return a secret; nothing of a file that cannot be read, which may be no secret at all: SSL_CERT_FILE."""
    try:
        return given(environ, name)
    except (OSError, UnicodeDecodeError):
        return ""
