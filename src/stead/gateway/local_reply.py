"""A problem+json body (RFC 9457) for every error response of Envoy itself, from the services' table.

401 is uniform: the response does not name the problem of a credential; the access log does.
Envoy answers 403 for several reasons: a token for another audience, the guard, a missing role, and requests that it
does not take at all (an upgrade, the absolute form of another scheme, CONNECT). Envoy's response code details, which
the filter `CREDENTIAL` reads, distinguish them: only the first two become 401. Rejected: a list of the other reasons,
since a forgotten one would make a client sign in again.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from stead.gateway.envoy.connection import (
    AccessLogFilter,
    AndFilter,
    ComparisonFilter,
    ExpressionFilter,
    ExtensionFilter,
    LocalReplyConfig,
    MetadataFilter,
    ResponseMapper,
    RuntimeUInt32,
    StatusCodeFilter,
)
from stead.gateway.envoy.core import HeaderValueOption, SubstitutionFormatString, add_if_absent, overwrite
from stead.gateway.envoy.matcher import MetadataMatcher, PathSegment, ValueMatcher, exact_matcher
from stead.gateway.filters import GUARD_NOTES
from stead.gateway.traffic import LIMIT, MOST
from stead.model.refusal import (
    BODY_TOO_LARGE,
    COMMON,
    MALFORMED,
    METHOD_NOT_ALLOWED,
    ROLE_MISSING,
    UNAUTHENTICATED,
    CommonRefusal,
)

MEDIA = "application/problem+json"
ALONE = (401, 403)  # these depend on more than the status
CREDENTIAL = (
    "response.code_details.startsWith('jwt_authn') || response.code_details.startsWith('rbac_access_denied') "
    "|| response.code_details == 'ext_authz_denied'"
)
GRPC = "request.headers['content-type'].startsWith('application/grpc')"
GRPC_STATUS = {504: "4", 413: "8"}  # DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED
TOO_LARGE = f"The body may have at most %METADATA(ROUTE:{LIMIT}:{MOST})% bytes."  # as a service of the kit says
CONNECT = "request.method == 'CONNECT'"  # no route matches it, so that the guard refuses it


def local_replies() -> LocalReplyConfig:
    """Return the answers: the first that matches counts; the last is for a status that the table does not have."""
    return LocalReplyConfig(
        mappers=(
            mapper(ROLE_MISSING, all_hold(status_is(403), _recognised())),
            *grpc_replies(),
            *(mapper(METHOD_NOT_ALLOWED, all_hold(status_is(code), expression(CONNECT))) for code in ALONE),
            mapper(UNAUTHENTICATED, status_is(401)),
            mapper(UNAUTHENTICATED, all_hold(status_is(403), expression(CREDENTIAL))),
            mapper(MALFORMED, status_is(403)),
            *(mapper(refusal, status_is(refusal.status)) for refusal in COMMON if refusal.status not in ALONE),
            ResponseMapper(filter=status_is(400, "GE"), body_format_override=OTHERWISE),  # health is a local reply, too
        ),
    )


def grpc_replies() -> Iterator[ResponseMapper]:
    """Yield gRPC responses with another status than Envoy's mapping of the HTTP status.

    Envoy maps 504 to UNAVAILABLE, after which clients repeat requests that may have succeeded, and 413 to UNKNOWN.
    """
    for refusal in (each for each in COMMON if each.status in GRPC_STATUS):
        usual = mapper(refusal, all_hold(status_is(refusal.status), expression(GRPC)))
        status = overwrite("grpc-status", GRPC_STATUS[refusal.status])
        yield replace(usual, headers_to_add=(*usual.headers_to_add, status))


def mapper(refusal: CommonRefusal, when: AccessLogFilter) -> ResponseMapper:
    detail = TOO_LARGE if refusal is BODY_TOO_LARGE else refusal.detail
    body = _body(refusal.status, refusal.code, refusal.title, detail)
    return ResponseMapper(
        filter=when, status_code=refusal.status, body_format_override=body, headers_to_add=_headers(refusal)
    )


def _headers(refusal: CommonRefusal) -> tuple[HeaderValueOption, ...]:
    """Return the headers of such an answer; a Retry-After that the service gave stands."""
    return tuple(
        add_if_absent(name.lower(), value) if name == "Retry-After" else overwrite(name.lower(), value)
        for name, value in refusal.headers.items()
    )


def _body(status: int | str, code: str, title: str, detail: str) -> SubstitutionFormatString:
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    return SubstitutionFormatString(json_format=document, content_type=MEDIA)


OTHERWISE = _body("%RESPONSE_CODE%", "refused", "Refused", "The gateway refuses this request.")


def status_is(code: int, op: Literal["EQ", "GE"] = "EQ") -> AccessLogFilter:
    value = RuntimeUInt32(default_value=code, runtime_key=f"stead.replies.{op}.{code}")
    return AccessLogFilter(status_code_filter=StatusCodeFilter(comparison=ComparisonFilter(op=op, value=value)))


def all_hold(*filters: AccessLogFilter) -> AccessLogFilter:
    return AccessLogFilter(and_filter=AndFilter(filters=filters))


def expression(expression: str) -> AccessLogFilter:
    config = ExpressionFilter(expression=expression)
    return AccessLogFilter(
        extension_filter=ExtensionFilter(name="envoy.access_loggers.extension_filters.cel", typed_config=config)
    )


def _recognised() -> AccessLogFilter:
    """Return whether the guard had admitted the user; metadata of a filter's own refusal is set too late."""
    matcher = MetadataMatcher(
        filter="envoy.filters.http.rbac",
        path=(PathSegment(key=f"{GUARD_NOTES}enforced_engine_result"),),
        value=ValueMatcher(string_match=exact_matcher("allowed")),
    )
    return AccessLogFilter(metadata_filter=MetadataFilter(matcher=matcher, match_if_key_not_found=False))
