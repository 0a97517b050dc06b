"""Request limits: how large a request may be. The gateway and every service hold the same ones."""

from dataclasses import dataclass, field

from stead.model.source_location import SourceLocation, here

MAX_BODY = 1_048_576  # bytes
MAX_HEADERS = 100  # in a request from outside
MAX_HEADER_BYTES = 32_768
ADDED_HEADERS = 28  # what the gateway and a tracing proxy may add to it: identity, forwarding, tracing
ADDED_HEADER_BYTES = 8_192


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """How large a request to a service may be; the gateway, the proxy of a program and the kit refuse a larger one.

    body          bytes of the body
    headers       how many headers
    header_bytes  bytes of all headers together, names and values
    """

    body: int = MAX_BODY
    headers: int = MAX_HEADERS
    header_bytes: int = MAX_HEADER_BYTES
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)
