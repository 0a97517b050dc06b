"""Error responses of the gateway and the services: one table, so that both report an outage in the same way.

A client decides by `code`. Every 502, 503 and 504 has a Retry-After header.
"""

from dataclasses import dataclass

RETRY_AFTER = "1"  # seconds: a restarted process is back by then, and a client of ours backs off further by itself


PASSING = (502, 503, 504)  # what another attempt may fix


@dataclass(frozen=True, slots=True)
class CommonRefusal:
    """One problem (RFC 9457). `title` is the status's phrase in RFC 9110; Python's versions differ in some."""

    status: int
    code: str
    title: str
    detail: str

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that such an answer always has."""
        if self.status in PASSING:
            return {"Retry-After": RETRY_AFTER}
        return {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}


MALFORMED = CommonRefusal(400, "bad_request", "Bad Request", "The request is malformed.")
UNAUTHENTICATED = CommonRefusal(401, "unauthenticated", "Unauthorized", "A valid credential is needed.")
ROLE_MISSING = CommonRefusal(403, "role_missing", "Forbidden", "The user has none of the roles that this needs.")
OPERATION_NOT_DECLARED = CommonRefusal(
    403, "operation_not_declared", "Forbidden", "The caller has no declared call for this."
)
SCOPE_MISSING = CommonRefusal(403, "scope_missing", "Forbidden", "The API token does not have the scope for this.")
NOT_FOUND = CommonRefusal(404, "not_found", "Not Found", "There is nothing at this path.")
METHOD_NOT_ALLOWED = CommonRefusal(405, "method_not_allowed", "Method Not Allowed", "This path has no such method.")
REQUEST_TIMEOUT = CommonRefusal(408, "request_timeout", "Request Timeout", "The request took too long to arrive.")
BODY_TOO_LARGE = CommonRefusal(413, "body_too_large", "Content Too Large", "The body of the request is too large.")
UPGRADE_REQUIRED = CommonRefusal(426, "upgrade_required", "Upgrade Required", "Use HTTP/1.1 or later.")
RATE_LIMITED = CommonRefusal(429, "rate_limited", "Too Many Requests", "Slow down, and try again.")
HEADERS_TOO_LARGE = CommonRefusal(
    431, "headers_too_large", "Request Header Fields Too Large", "The headers are too long."
)
INTERNAL = CommonRefusal(500, "internal", "Internal Server Error", "An internal error occurred; it has been logged.")
NOT_IMPLEMENTED = CommonRefusal(501, "not_implemented", "Not Implemented", "This transfer coding is not supported.")
BAD_GATEWAY = CommonRefusal(502, "bad_gateway", "Bad Gateway", "The service sent no valid response.")
UNAVAILABLE = CommonRefusal(503, "unavailable", "Service Unavailable", "The service cannot be reached now; try again.")
DEADLINE = CommonRefusal(504, "deadline", "Gateway Timeout", "The response took longer than the time limit.")

COMMON = (
    MALFORMED,
    UNAUTHENTICATED,
    ROLE_MISSING,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    REQUEST_TIMEOUT,
    BODY_TOO_LARGE,
    UPGRADE_REQUIRED,
    RATE_LIMITED,
    HEADERS_TOO_LARGE,
    INTERNAL,
    NOT_IMPLEMENTED,
    BAD_GATEWAY,
    UNAVAILABLE,
    DEADLINE,
)
