"""A request and its answer, as the console's handlers see them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

HEADERS = {
    # No script or style but the console's own files, nothing from other hosts, and no text that becomes markup.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}

_encode = msgspec.json.Encoder().encode


class BadRequest(Exception):  # noqa: N818 - the name of the status
    """A request that cannot be answered; its text says why."""


@dataclass(frozen=True)
class Request:
    """One request; `variables` are the parts of the path that its route leaves open.

    `parts` are those of a body that may be too long for the memory; `body` is empty then.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    variables: Mapping[str, str] = field(default_factory=dict)
    parts: AsyncIterator[bytes] | None = None

    def number(self, name: str, default: int = 0) -> int:
        """Return a number of the query; BadRequest when it is none."""
        text = self.query.get(name) or str(default)
        if not text.isdecimal() or len(text) > 18:
            raise BadRequest(f"{name} is not a whole number: {text[:40]!r}")
        return int(text)

    def words(self, name: str) -> tuple[str, ...]:
        """Return the comma-separated words of the query."""
        return tuple(word for word in self.query.get(name, "").split(",") if word)[:100]


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes
    media: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Awaitable[Response]]


def as_json(value: Any, status: int = 200) -> Response:
    return Response(status, _encode(value))


def failed(status: int, text: str) -> Response:
    """Return an answer that the page shows as it is."""
    return as_json({"error": text}, status)
