// Made by `stead render` from backend.py: change that, or delete this line to own the file. [a6f2d87997c5f36d]
import { guarded } from "../runtime/guard.js";
import worker from "../../../apps/referral-service/src/index.ts";

export * from "../../../apps/referral-service/src/index.ts";

const table = {
  "name": "referral-service",
  "called": true,
  "open": [
    "/health",
    "/version",
    "/livez",
    "/readyz",
    "/metrics"
  ],
  "bindings": {},
  "scopes": {},
  "routes": [
    {
      "method": "POST",
      "path": "/v1/attributions",
      "segments": [
        "v1",
        "attributions"
      ],
      "access": "service",
      "operation": "attribute",
      "roles": [],
      "scope": ""
    },
    {
      "method": "POST",
      "path": "/v1/first-logins",
      "segments": [
        "v1",
        "first-logins"
      ],
      "access": "service",
      "operation": "attribute",
      "roles": [],
      "scope": ""
    },
    {
      "method": "GET",
      "path": "/v1/referrals",
      "segments": [
        "v1",
        "referrals"
      ],
      "access": "user",
      "operation": "",
      "roles": [],
      "scope": "referrals:read"
    },
    {
      "method": "POST",
      "path": "/v1/referrals/claim",
      "segments": [
        "v1",
        "referrals",
        "claim"
      ],
      "access": "user",
      "operation": "",
      "roles": [],
      "scope": "referrals:write"
    },
    {
      "method": "GET",
      "path": "/v1/referrals/code",
      "segments": [
        "v1",
        "referrals",
        "code"
      ],
      "access": "user",
      "operation": "",
      "roles": [],
      "scope": "referrals:read"
    },
    {
      "method": "POST",
      "path": "/v1/referrals/code/rotate",
      "segments": [
        "v1",
        "referrals",
        "code",
        "rotate"
      ],
      "access": "user",
      "operation": "",
      "roles": [],
      "scope": "referrals:write"
    },
    {
      "method": "GET",
      "path": "/v1/referrals/stats",
      "segments": [
        "v1",
        "referrals",
        "stats"
      ],
      "access": "user",
      "operation": "",
      "roles": [],
      "scope": "referrals:read"
    },
    {
      "method": "GET",
      "path": "/v1/referrals/tree",
      "segments": [
        "v1",
        "referrals",
        "tree"
      ],
      "access": "user",
      "operation": "",
      "roles": [],
      "scope": "referrals:read"
    }
  ],
  "timeouts": {},
  "spoofed": "x-service-caller|x[^a-z0-9-](user|session|auth|tenant|service)[^a-z0-9].*|x[^a-z0-9]?(user|session|auth|tenant|service)[^a-z0-9-].*|x(user|session|auth|tenant|service)[^a-z0-9].*|x-(user|session|auth|tenant|service)-.*[^a-z0-9-].*",
  "user_id": {
    "pattern": "^[^\\u0000-\\u0020\\u007f-\\u00a0\\u00ad-\\u00ad\\u061c-\\u061c\\u1680-\\u1680\\u180e-\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000-\\u3000\\ufeff-\\ufeff\\ufff9-\\ufffb]+(?: +[^\\u0000-\\u0020\\u007f-\\u00a0\\u00ad-\\u00ad\\u061c-\\u061c\\u1680-\\u1680\\u180e-\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000-\\u3000\\ufeff-\\ufeff\\ufff9-\\ufffb]+)*(?![\\s\\S])",
    "longest": 255
  },
  "limits": {
    "headers": 128,
    "header_bytes": 40960
  },
  "max_body": 1048576,
  "max_call": 1048576,
  "body_ms": 60000,
  "refusals": {
    "BAD_GATEWAY": {
      "status": 502,
      "code": "bad_gateway",
      "title": "Bad Gateway",
      "detail": "The service sent no valid response.",
      "headers": {
        "retry-after": "1"
      }
    },
    "BODY_TOO_LARGE": {
      "status": 413,
      "code": "body_too_large",
      "title": "Content Too Large",
      "detail": "The body of the request is too large.",
      "headers": {}
    },
    "DEADLINE": {
      "status": 504,
      "code": "deadline",
      "title": "Gateway Timeout",
      "detail": "The response took longer than the time limit.",
      "headers": {
        "retry-after": "1"
      }
    },
    "HEADERS_TOO_LARGE": {
      "status": 431,
      "code": "headers_too_large",
      "title": "Request Header Fields Too Large",
      "detail": "The headers are too long.",
      "headers": {}
    },
    "INTERNAL": {
      "status": 500,
      "code": "internal",
      "title": "Internal Server Error",
      "detail": "An internal error occurred; it has been logged.",
      "headers": {}
    },
    "MALFORMED": {
      "status": 400,
      "code": "bad_request",
      "title": "Bad Request",
      "detail": "The request is malformed.",
      "headers": {}
    },
    "METHOD_NOT_ALLOWED": {
      "status": 405,
      "code": "method_not_allowed",
      "title": "Method Not Allowed",
      "detail": "This path has no such method.",
      "headers": {}
    },
    "NOT_FOUND": {
      "status": 404,
      "code": "not_found",
      "title": "Not Found",
      "detail": "There is nothing at this path.",
      "headers": {}
    },
    "NOT_IMPLEMENTED": {
      "status": 501,
      "code": "not_implemented",
      "title": "Not Implemented",
      "detail": "This transfer coding is not supported.",
      "headers": {}
    },
    "OPERATION_NOT_DECLARED": {
      "status": 403,
      "code": "operation_not_declared",
      "title": "Forbidden",
      "detail": "The caller has no declared call for this.",
      "headers": {}
    },
    "RATE_LIMITED": {
      "status": 429,
      "code": "rate_limited",
      "title": "Too Many Requests",
      "detail": "Slow down, and try again.",
      "headers": {}
    },
    "REQUEST_TIMEOUT": {
      "status": 408,
      "code": "request_timeout",
      "title": "Request Timeout",
      "detail": "The request took too long to arrive.",
      "headers": {}
    },
    "ROLE_MISSING": {
      "status": 403,
      "code": "role_missing",
      "title": "Forbidden",
      "detail": "The user has none of the roles that this needs.",
      "headers": {}
    },
    "SCOPE_MISSING": {
      "status": 403,
      "code": "scope_missing",
      "title": "Forbidden",
      "detail": "The API token does not have the scope for this.",
      "headers": {}
    },
    "UNAUTHENTICATED": {
      "status": 401,
      "code": "unauthenticated",
      "title": "Unauthorized",
      "detail": "A valid credential is needed.",
      "headers": {
        "www-authenticate": "Bearer"
      }
    },
    "UNAVAILABLE": {
      "status": 503,
      "code": "unavailable",
      "title": "Service Unavailable",
      "detail": "The service cannot be reached now; try again.",
      "headers": {
        "retry-after": "1"
      }
    },
    "UPGRADE_REQUIRED": {
      "status": 426,
      "code": "upgrade_required",
      "title": "Upgrade Required",
      "detail": "Use HTTP/1.1 or later.",
      "headers": {}
    }
  }
};

export default guarded(worker, table);
