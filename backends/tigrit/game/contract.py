"""What goes over the wire to and from the game. Its ensure-user is the one that the auth service's contract describes.

Errors of sign-in, by code: 401 `unauthenticated`, whatever was wrong; 503 `peer_unavailable` while auth or
sessions are down.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

InitData = Annotated[str, Meta(min_length=1, max_length=8192)]
Invitation = Annotated[str, Meta(min_length=1, max_length=1024)]


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """What a Mini App has: initData as Telegram gave it, and an invitation when it was opened by one."""

    init_data: InitData
    invitation: Invitation | None = None

    def __repr__(self) -> str:
        return "SignIn()"


class SignedIn(Struct, frozen=True):
    """A session to keep, and an access token to show at the gateway until it ends."""

    user_id: str
    session: str
    access_token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"SignedIn(user_id={self.user_id!r})"


class Player(Struct, frozen=True):
    """Somebody who plays; `invited_by` when an invitation brought them."""

    user_id: str
    name: str | None
    since: datetime
    invited_by: str | None = None


class Invited(Struct, frozen=True):
    """An invitation to hand on."""

    invitation: str
