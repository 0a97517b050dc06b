"""One problem+json body (RFC 9457) for every refusal that Envoy makes by itself.

401 is uniform: whatever was wrong with a credential, the answer is the same, and the access log says what it was.
Envoy's 403 comes from three places: a token for another audience, the guard, and a missing role. Only the last is
about a user that was recognised, so only the last stays a 403.
"""

from dataclasses import dataclass

from stead.gateway.envoy.connection import (
    AccessLogFilter,
    AndFilter,
    ComparisonFilter,
    LocalReplyConfig,
    MetadataFilter,
    ResponseMapper,
    RuntimeUInt32,
    StatusCodeFilter,
)
from stead.gateway.envoy.core import HeaderValueOption, SubstitutionFormatString, overwrite
from stead.gateway.envoy.matcher import MetadataMatcher, PathSegment, ValueMatcher, exactly
from stead.gateway.filters import GUARD_NOTES


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    code: str
    title: str
    detail: str


UNAUTHENTICATED = Reply(401, "unauthenticated", "Unauthorized", "Sign in, and send a valid credential.")
ROLE_MISSING = Reply(403, "role_missing", "Forbidden", "This needs a role that you do not have.")
REPLIES = (
    Reply(400, "bad_request", "Bad Request", "The request is malformed."),
    Reply(404, "not_found", "Not Found", "There is nothing at this path."),
    Reply(405, "method_not_allowed", "Method Not Allowed", "This path does not have that method."),
    Reply(408, "request_timeout", "Request Timeout", "The request took too long to arrive."),
    Reply(413, "too_large", "Content Too Large", "The body of the request is too large."),
    Reply(426, "upgrade_required", "Upgrade Required", "Use HTTP/1.1 or later."),
    Reply(429, "rate_limited", "Too Many Requests", "Slow down, and try again."),
    Reply(431, "headers_too_large", "Request Header Fields Too Large", "The headers are too large."),
    Reply(502, "bad_gateway", "Bad Gateway", "The service gave no valid answer."),
    Reply(503, "unavailable", "Service Unavailable", "The service cannot be reached now; try again."),
    Reply(504, "deadline", "Gateway Timeout", "The service did not answer in time."),
)
OTHERWISE = Reply(500, "internal", "Internal Server Error", "Something went wrong.")


def local_replies() -> LocalReplyConfig:
    challenge = (overwrite("www-authenticate", "Bearer"),)
    return LocalReplyConfig(
        mappers=(
            _mapper(ROLE_MISSING, AccessLogFilter(and_filter=AndFilter(filters=(_status(403), _recognised())))),
            _mapper(UNAUTHENTICATED, _status(401), headers=challenge),
            _mapper(UNAUTHENTICATED, _status(403), headers=challenge),
            *(_mapper(reply, _status(reply.status)) for reply in REPLIES),
            _mapper(OTHERWISE, _status(500)),
        ),
    )


def _mapper(reply: Reply, when: AccessLogFilter, headers: tuple[HeaderValueOption, ...] = ()) -> ResponseMapper:
    return ResponseMapper(
        filter=when, status_code=reply.status, body_format_override=_body(reply), headers_to_add=headers
    )


def _body(reply: Reply) -> SubstitutionFormatString:
    return SubstitutionFormatString(
        json_format={
            "type": "about:blank",
            "title": reply.title,
            "status": reply.status,
            "detail": reply.detail,
            "code": reply.code,
        },
        content_type="application/problem+json",
    )


def _status(code: int) -> AccessLogFilter:
    value = RuntimeUInt32(default_value=code, runtime_key=f"stead.replies.{code}")
    return AccessLogFilter(status_code_filter=StatusCodeFilter(comparison=ComparisonFilter(op="EQ", value=value)))


def _recognised() -> AccessLogFilter:
    """Tell whether the guard had let the user pass; what a filter notes of its own refusal is noted too late."""
    matcher = MetadataMatcher(
        filter="envoy.filters.http.rbac",
        path=(PathSegment(key=f"{GUARD_NOTES}enforced_engine_result"),),
        value=ValueMatcher(string_match=exactly("allowed")),
    )
    return AccessLogFilter(metadata_filter=MetadataFilter(matcher=matcher, match_if_key_not_found=False))
