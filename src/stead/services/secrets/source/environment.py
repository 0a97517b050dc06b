"""Secrets from the service's own environment."""

import os
from collections.abc import Iterable, Mapping

from stead.kit.live_setting import LiveSetting
from stead.model.environment_value import SUFFIX, given
from stead.services.secrets.source import Snapshot


class EnvironmentSource:
    """The environment, without what the service itself is told: its own key is nobody's to read.

    A value that was rotated since the start is given as it is now.
    """

    def __init__(self, own: Iterable[str], environ: Mapping[str, str] | None = None) -> None:
        environ = os.environ if environ is None else environ
        names = environ.keys() | {name.removesuffix(SUFFIX) for name in environ if name.endswith(SUFFIX)}
        texts = {name: _text(environ, name) for name in names - set(own)}
        self._values = [LiveSetting(name, text, environ) for name, text in texts.items() if text]

    async def load(self) -> Snapshot:
        for each in self._values:
            each.changed()
        return Snapshot({each.name: each.text for each in self._values})


def _text(environ: Mapping[str, str], name: str) -> str:
    """Return a secret; nothing of a file that cannot be read, which may be no secret at all: SSL_CERT_FILE."""
    try:
        return given(environ, name)
    except (OSError, UnicodeDecodeError):
        return ""
