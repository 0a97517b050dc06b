"""What every identity provider answers: whose credential is this?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from stead.model.user_id import is_user_id


class ProviderError(Exception):
    """A credential was not accepted. The text is for the log; a caller never gets it."""


class RejectedError(ProviderError):
    """The credential is invalid: forged, expired, or for another backend."""


class UnavailableError(ProviderError):
    """The credential cannot be verified now: a dependency is unavailable.

    wait  seconds after which it may be worth asking again
    """

    def __init__(self, why: str, *, wait: int = 5) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Identity:
    """The user of a credential, the method of verification, and the expiry.

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
    """One identity provider.

    recognises  a cheap look at the form, without any verification: is the credential one of this provider's?
    verify      the whole verification; RejectedError or UnavailableError
    """

    def recognises(self, credential: str) -> bool: ...
    async def verify(self, credential: str) -> Identity: ...


async def verify(providers: tuple[Provider, ...], credential: str) -> Identity:
    """Verify with the provider that recognises the credential."""
    for provider in providers:
        if provider.recognises(credential):
            identity = await provider.verify(credential)
            if not is_user_id(identity.user_id):
                raise RejectedError("has a malformed user id")
            return identity
    raise RejectedError("of an unknown provider")
