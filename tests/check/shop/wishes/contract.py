"""What goes over the wire to and from the wishes service."""

from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

from msgspec import Meta, Struct

if TYPE_CHECKING:
    from stead.kit.service_client import ServiceClient


class Wish(Struct, frozen=True):
    """Something that a customer wishes for."""

    wish_id: str
    text: str
    state: Literal["open", "granted"] = "open"


class Grant(Struct, frozen=True, forbid_unknown_fields=True):
    """What is given."""

    note: Annotated[str, Meta(min_length=1, max_length=200)]


class WishesClient:
    """The wishes service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def grant(self, wish_id: str, grant: Grant, *, key: str) -> Wish:
        """Grant a wish."""
        path = f"/v1/wishes/{quote(wish_id, safe='')}/grants"
        return await self._peer.ask("POST", path, operation="grant", body=grant, answer=Wish, key=key)

    async def read(self, wish_id: str) -> Wish:
        """Return a wish."""
        return await self._peer.ask("GET", f"/v1/wishes/{quote(wish_id, safe='')}", operation="read", answer=Wish)
