"""The answers of a proxy by itself: the same problems, with the same codes, as a service of the kit gives."""

from stead.gateway.envoy.connection import LocalReplyConfig, ResponseMapper
from stead.gateway.local_reply import CONNECT, OTHERWISE, all_hold, expression, grpc_replies, mapper, status_is
from stead.gateway.proxy.admission import REASONS, Reason
from stead.model.refusal import COMMON, MALFORMED, METHOD_NOT_ALLOWED, UNAUTHENTICATED

SEVERAL = (401, 403)  # statuses that mean one of several things
UNVERIFIED = "response.code_details.startsWith('jwt_authn')"


def local_replies() -> LocalReplyConfig:
    """Return the answers: the first that matches counts."""
    return LocalReplyConfig(
        mappers=(
            *(_refused(reason) for reason in REASONS),
            *grpc_replies(),
            *(mapper(METHOD_NOT_ALLOWED, all_hold(status_is(code), expression(CONNECT))) for code in SEVERAL),
            mapper(UNAUTHENTICATED, status_is(401)),
            mapper(UNAUTHENTICATED, all_hold(status_is(403), expression(UNVERIFIED))),
            mapper(MALFORMED, status_is(403)),
            *(mapper(refusal, status_is(refusal.status)) for refusal in COMMON if refusal.status not in SEVERAL),
            ResponseMapper(filter=status_is(400, "GE"), body_format_override=OTHERWISE),
        ),
    )


def _refused(reason: Reason) -> ResponseMapper:
    details = f"response.code_details == 'rbac_access_denied_matched_policy[{reason.rule}]'"
    return mapper(reason.refusal, all_hold(status_is(403), expression(details)))
