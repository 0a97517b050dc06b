"""What goes over the wire to and from the sessions service, and its typed client.

Errors, by code: 401 `session_invalid`, the one answer for a session that does not hold, whatever is wrong with it;
404 `unknown_session` for an id; 503 `redis_unavailable`, `database_unavailable`, `secrets_unavailable`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar
from urllib.parse import quote
from uuid import uuid4

from msgspec import Meta, Struct

from stead.kit.user import UserId
from stead.model.user_id import is_user_id

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.service_client import ServiceClient

_T = TypeVar("_T")

Scope = Literal["one", "others", "all"]
Word = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
Words = Annotated[tuple[Word, ...], Meta(max_length=32)]
Label = Annotated[str, Meta(min_length=1, max_length=200)]
Shown = Annotated[str, Meta(max_length=1024, description="A session as it was handed out: sess_ and 64 digits.")]


class NewSession(Struct, frozen=True, forbid_unknown_fields=True):
    """A user who has just been authenticated.

    method  how, in the caller's own words; it is passed on and never interpreted
    roles   go into access tokens
    device  a label that tells the user's sessions apart in a list
    """

    user_id: UserId
    method: Word
    roles: Words = ()
    device: Label | None = None

    def __post_init__(self) -> None:
        if self.device is not None and not self.device.isprintable():
            raise ValueError("a device is printable")


class Issued(Struct, frozen=True):
    """A session; `session` itself is shown in this answer and in no other."""

    session: str
    id: str
    user_id: str
    expires_at: datetime
    idle_expires_at: datetime

    def __repr__(self) -> str:
        return f"Issued(id={self.id!r}, user_id={self.user_id!r})"


class Session(Struct, frozen=True):
    """A session that holds. It ends at `expires_at`, whatever happens, and at `idle_expires_at` unless it is used."""

    id: str
    user_id: str
    method: str
    roles: tuple[str, ...]
    device: str | None
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    idle_expires_at: datetime


class Presented(Struct, frozen=True, forbid_unknown_fields=True):
    """A session that someone showed to the caller."""

    session: Shown

    def __repr__(self) -> str:
        return "Presented()"


class Invalidation(Struct, frozen=True, forbid_unknown_fields=True):
    """Which sessions to end: named by a session, by a session's id, or by the user.

    scope  `one`: that session; `others`: its user's others; `all`: all of its user's. For a user: `all`
    """

    session: Shown | None = None
    id: Label | None = None
    user_id: UserId | None = None
    scope: Scope = "one"

    def __post_init__(self) -> None:
        if sum(name is not None for name in (self.session, self.id, self.user_id)) != 1:
            raise ValueError("give exactly one of session, id and user_id")
        if self.user_id is not None and self.scope != "all":
            raise ValueError("a user's sessions are ended with scope all")
        if self.id is not None and not is_user_id(self.id):
            raise ValueError("an id is visible, and neither begins nor ends with a blank")

    def __repr__(self) -> str:
        return f"Invalidation(id={self.id!r}, user_id={self.user_id!r}, scope={self.scope!r})"


class Access(Struct, frozen=True):
    """A signed access token (JWT): `sub`, `sid`, `roles`, `auth_method`."""

    access_token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Access(expires_at={self.expires_at!r})"


class Refresh(Struct, frozen=True, forbid_unknown_fields=True):
    """What a browser asks for. The session is here, or in `Authorization: Bearer`; `rotate` asks for another one."""

    session: Shown | None = None
    rotate: bool = False

    def __repr__(self) -> str:
        return f"Refresh(rotate={self.rotate!r})"


class Refreshed(Struct, frozen=True, omit_defaults=True):
    """An access token, and the session to show from now on where it was rotated."""

    access_token: str
    expires_at: datetime
    session: str | None = None

    def __repr__(self) -> str:
        return f"Refreshed(expires_at={self.expires_at!r})"


class Listed(Struct, frozen=True):
    """One of a user's sessions; `current` is the one that asks."""

    id: str
    method: str
    device: str | None
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    idle_expires_at: datetime
    current: bool = False


class SessionList(Struct, frozen=True):
    """A user's sessions that hold, newest first; one hundred at the most."""

    sessions: list[Listed]


class PublicKey(Struct, frozen=True):
    """One key that verifies access tokens (RFC 7517)."""

    kty: str
    crv: str
    kid: str
    use: str
    alg: str
    x: str
    y: str


class KeySet(Struct, frozen=True):
    """The keys that sign now, that signed until lately, and that will sign next."""

    keys: list[PublicKey]


class SessionsClient:
    """The sessions service, as another service calls it.

    CallRefused with code `session_invalid` says that a session does not hold. Everything here may safely come twice, so
    each question carries a key and is asked again when the answer is lost on the way.
    """

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def create(self, new: NewSession, *, key: str) -> Issued:
        """Begin a session; the same key again gets the same one."""
        path = "/v1/sessions"
        return await self._peer.ask("POST", path, operation="create", body=new, answer=Issued, key=key)

    async def verify(self, session: str) -> Session:
        """Tell whose session it is; this does not count as use."""
        return await self._about("verify", session, Session)

    async def extend(self, session: str) -> Session:
        """Note that it is in use: its idle time begins again."""
        return await self._about("extend", session, Session)

    async def rotate(self, session: str) -> Issued:
        """Replace it; shown again within the grace, the old one gets the same new one."""
        return await self._about("rotate", session, Issued)

    async def exchange(self, session: str) -> Access:
        """Return an access token for it."""
        return await self._about("exchange", session, Access)

    async def invalidate(self, which: Invalidation) -> None:
        """End sessions; to end them again changes nothing."""
        path = "/v1/sessions/invalidate"
        await self._peer.ask("POST", path, operation="invalidate", body=which, answer=type(None), key=uuid4().hex)

    async def of_user(self, user_id: str) -> SessionList:
        """List a user's sessions."""
        path = f"/v1/users/{quote(user_id, safe='')}/sessions"
        return await self._peer.ask("GET", path, operation="list", answer=SessionList)

    async def keys(self) -> KeySet:
        """Return the keys that verify access tokens."""
        return await self._peer.ask("GET", "/v1/sessions/keys", operation="keys", answer=KeySet)

    async def _about(self, operation: str, session: str, answer: type[_T]) -> _T:
        path, body = f"/v1/sessions/{operation}", Presented(session)
        return await self._peer.ask("POST", path, operation=operation, body=body, answer=answer, key=uuid4().hex)
