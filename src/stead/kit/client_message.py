"""Requests and responses of a service client, independent of HTTP."""

from dataclasses import dataclass

import msgspec

IN_FLIGHT = "idempotency_in_flight"


class ReplyProblem(msgspec.Struct):
    """The body of a refusal (RFC 9457), as far as a client reads it."""

    code: str = "unknown"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ClientRequest:
    """One request to a service, before it is sent."""

    method: str
    path: str
    operation: str
    content: bytes
    media: str
    key: str | None
    params: dict[str, str]

    @property
    def repeatable(self) -> bool:
        """Whether a second attempt does no harm."""
        return self.method == "GET" or self.key is not None


@dataclass(frozen=True, slots=True)
class ClientReply:
    """The response of a service."""

    status: int
    body: bytes
    retry_after: str | None


def in_flight(reply: ClientReply) -> bool:
    """Return whether an earlier request with the same key is still being processed."""
    return reply.status == 409 and problem_of(reply.body).code == IN_FLIGHT


def problem_of(body: bytes) -> ReplyProblem:
    """Return the problem in a body; `unknown` without one."""
    try:
        return msgspec.json.decode(body, type=ReplyProblem)
    except msgspec.MsgspecError:
        return ReplyProblem()
