"""What every identity provider answers: whose credential is this?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from stead.model.user_id import is_user_id


class ProviderError(Exception):
    """A credential could not be taken for a user's. The text is for the log; a caller never sees it."""


class RejectedError(ProviderError):
    """The credential is nobody's: forged, expired, or not meant for this backend."""


class UnavailableError(ProviderError):
    """Nothing can be said about the credential now: what is needed to check it cannot be reached.

    wait  seconds after which it may be worth asking again
    """

    def __init__(self, why: str, *, wait: int = 5) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a credential stands for, how that was found, and until when it holds.

    once  what tells this credential from any other, where it is to be taken only once
    """

    user_id: str
    method: str
    expires_at: datetime
    session: str | None = None
    actor: str | None = None
    name: str | None = None
    once: bytes | None = None


class Provider(Protocol):
    """One way to be a user.

    recognises  a cheap look at the form, without any verification: is the credential one of this provider's?
    verify      the whole verification; RejectedError or UnavailableError
    """

    def recognises(self, credential: str) -> bool: ...
    async def verify(self, credential: str) -> Identity: ...


async def verify(providers: tuple[Provider, ...], credential: str) -> Identity:
    """Ask the provider whose credential it seems to be."""
    for provider in providers:
        if provider.recognises(credential):
            identity = await provider.verify(credential)
            if not is_user_id(identity.user_id):
                raise RejectedError("names a user by what is not a user id")
            return identity
    raise RejectedError("of no known provider")
