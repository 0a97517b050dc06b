"""The access log: one line of JSON per request, with the caller, the route and the outcome.

No query, no credential, no body. A 401 response has no details, so its log line has more: the claims of the token, if
its signature is valid.
"""

from stead.gateway.envoy.connection import (
    AccessLog,
    AccessLogFilter,
    ComparisonFilter,
    RuntimeUInt32,
    StatusCodeFilter,
    StdoutAccessLog,
)
from stead.gateway.envoy.core import SubstitutionFormatString
from stead.gateway.providers.provider_config import HEADER, JWT_METADATA, PAYLOAD

LOGGED = {
    "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
    "method": "%REQ(:METHOD)%",
    "path": "%PATH(NQ:ORIG_OR_PATH)%",
    "status": "%RESPONSE_CODE%",
    "reason": "%RESPONSE_CODE_DETAILS%",
    "flags": "%RESPONSE_FLAGS%",
    "duration_ms": "%DURATION%",
    "bytes_in": "%BYTES_RECEIVED%",
    "bytes_out": "%BYTES_SENT%",
    "upstream": "%UPSTREAM_CLUSTER%",
    "client": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
    "request_id": "%REQ(X-REQUEST-ID)%",
    "trace_id": "%TRACE_ID%",
    "user_id": "%REQ(X-USER-ID)%",
}
CLAIMED = {
    "token_issuer": f"%DYNAMIC_METADATA({JWT_METADATA}:{PAYLOAD}:iss)%",
    "token_session": f"%DYNAMIC_METADATA({JWT_METADATA}:{PAYLOAD}:sid)%",
    "token_party": f"%DYNAMIC_METADATA({JWT_METADATA}:{PAYLOAD}:azp)%",
    "token_status": f"%DYNAMIC_METADATA({JWT_METADATA}:{PAYLOAD}:sts)%",
    "token_critical": f"%DYNAMIC_METADATA({JWT_METADATA}:{HEADER}:crit)%",
}
UNAUTHENTICATED = RuntimeUInt32(default_value=401, runtime_key="stead.access.401")


def access_logs(name: str) -> tuple[AccessLog, ...]:
    """Return the access logs of a gateway, or of a program's proxy, by name."""
    usual = {"service": name, **LOGGED}
    return (
        _log(usual, ComparisonFilter(op="NE", value=UNAUTHENTICATED)),
        _log({**usual, **CLAIMED}, ComparisonFilter(op="EQ", value=UNAUTHENTICATED)),
    )


def _log(line: dict[str, str], when: ComparisonFilter) -> AccessLog:
    return AccessLog(
        name="envoy.access_loggers.stdout",
        filter=AccessLogFilter(status_code_filter=StatusCodeFilter(comparison=when)),
        typed_config=StdoutAccessLog(log_format=SubstitutionFormatString(json_format=dict(line))),
    )
