"""Secrets from the service's own environment."""

import os
from collections.abc import Iterable, Mapping

from stead.services.secrets.source import Snapshot


class EnvironmentSource:
    """The environment as it was at start, without what the service itself is told: its own key is nobody's to read."""

    def __init__(self, own: Iterable[str], environ: Mapping[str, str] | None = None) -> None:
        given = os.environ if environ is None else environ
        self._values = {name: value for name, value in given.items() if value and name not in set(own)}

    async def load(self) -> Snapshot:
        return Snapshot(self._values)
