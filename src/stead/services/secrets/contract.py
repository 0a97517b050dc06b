"""What goes over the wire from the secrets service, and its typed client."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.service_client import ServiceClient


class Secret(Struct, frozen=True):
    """One value. `version` is the source's own, where it has versions."""

    key: str
    value: str
    version: str | None = None

    def __repr__(self) -> str:
        return f"Secret(key={self.key!r}, version={self.version!r})"


class SecretsClient:
    """The secrets service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def read(self, key: str) -> Secret:
        """Return the value of a key that this caller's description names; any other is refused with 404."""
        path = f"/v1/secrets/{quote(key, safe='')}"
        return await self._peer.ask("GET", path, operation=f"read:{key}", answer=Secret)
