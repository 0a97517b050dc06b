// Made by `stead render` from backend.py: change that, or delete this line to own the file. [907dca6e6f1f8c19]
import { gateway } from "../runtime/gateway.js";

const table = {
  "name": "api-gateway",
  "health": [
    "/health",
    "/version",
    "/livez",
    "/readyz"
  ],
  "bindings": {
    "auth-service": "AUTH_SERVICE",
    "content-service": "CONTENT_SERVICE",
    "points-service": "POINTS_SERVICE",
    "referral-service": "REFERRAL_SERVICE",
    "token-service": "TOKEN_SERVICE"
  },
  "scopes": {
    "auth-service": "front",
    "content-service": "front",
    "points-service": "front",
    "referral-service": "front",
    "token-service": "front introspect"
  },
  "routes": [
    {
      "method": "GET",
      "path": "/v1/articles",
      "segments": [
        "v1",
        "articles"
      ],
      "service": "content-service",
      "prefix": "",
      "access": "public",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/articles/{slug}",
      "segments": [
        "v1",
        "articles",
        null
      ],
      "service": "content-service",
      "prefix": "",
      "access": "public",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "PUT",
      "path": "/v1/articles/{slug}",
      "segments": [
        "v1",
        "articles",
        null
      ],
      "service": "content-service",
      "prefix": "",
      "access": "user",
      "roles": [
        "editor"
      ],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/cities/{city}/places",
      "segments": [
        "v1",
        "cities",
        null,
        "places"
      ],
      "service": "content-service",
      "prefix": "",
      "access": "public",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "PUT",
      "path": "/v1/cities/{slug}",
      "segments": [
        "v1",
        "cities",
        null
      ],
      "service": "content-service",
      "prefix": "",
      "access": "user",
      "roles": [
        "editor"
      ],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/countries",
      "segments": [
        "v1",
        "countries"
      ],
      "service": "content-service",
      "prefix": "",
      "access": "public",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "PUT",
      "path": "/v1/countries/{code}",
      "segments": [
        "v1",
        "countries",
        null
      ],
      "service": "content-service",
      "prefix": "",
      "access": "user",
      "roles": [
        "editor"
      ],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/countries/{code}/cities",
      "segments": [
        "v1",
        "countries",
        null,
        "cities"
      ],
      "service": "content-service",
      "prefix": "",
      "access": "public",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/events",
      "segments": [
        "v1",
        "events"
      ],
      "service": "content-service",
      "prefix": "",
      "access": "public",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "POST",
      "path": "/v1/events",
      "segments": [
        "v1",
        "events"
      ],
      "service": "content-service",
      "prefix": "",
      "access": "user",
      "roles": [
        "editor"
      ],
      "credential": false,
      "timeout_ms": 2000,
      "again": false,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/events/{event_id}",
      "segments": [
        "v1",
        "events",
        null
      ],
      "service": "content-service",
      "prefix": "",
      "access": "public",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "PATCH",
      "path": "/v1/events/{event_id}",
      "segments": [
        "v1",
        "events",
        null
      ],
      "service": "content-service",
      "prefix": "",
      "access": "user",
      "roles": [
        "editor"
      ],
      "credential": false,
      "timeout_ms": 2000,
      "again": false,
      "max_body": 1048576
    },
    {
      "method": "POST",
      "path": "/v1/events/{event_id}/promotions",
      "segments": [
        "v1",
        "events",
        null,
        "promotions"
      ],
      "service": "content-service",
      "prefix": "",
      "access": "user",
      "roles": [
        "editor"
      ],
      "credential": false,
      "timeout_ms": 2000,
      "again": false,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/events/{event_id}/registrations",
      "segments": [
        "v1",
        "events",
        null,
        "registrations"
      ],
      "service": "content-service",
      "prefix": "",
      "access": "user",
      "roles": [
        "editor"
      ],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "POST",
      "path": "/v1/events/{event_id}/registrations",
      "segments": [
        "v1",
        "events",
        null,
        "registrations"
      ],
      "service": "content-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": false,
      "max_body": 1048576
    },
    {
      "method": "DELETE",
      "path": "/v1/events/{event_id}/registrations/me",
      "segments": [
        "v1",
        "events",
        null,
        "registrations",
        "me"
      ],
      "service": "content-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/events/{event_id}/registrations/me",
      "segments": [
        "v1",
        "events",
        null,
        "registrations",
        "me"
      ],
      "service": "content-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/me",
      "segments": [
        "v1",
        "me"
      ],
      "service": "auth-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/places/{slug}",
      "segments": [
        "v1",
        "places",
        null
      ],
      "service": "content-service",
      "prefix": "",
      "access": "public",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "PUT",
      "path": "/v1/places/{slug}",
      "segments": [
        "v1",
        "places",
        null
      ],
      "service": "content-service",
      "prefix": "",
      "access": "user",
      "roles": [
        "editor"
      ],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/points/balance",
      "segments": [
        "v1",
        "points",
        "balance"
      ],
      "service": "points-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/points/entries",
      "segments": [
        "v1",
        "points",
        "entries"
      ],
      "service": "points-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/referrals",
      "segments": [
        "v1",
        "referrals"
      ],
      "service": "referral-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "POST",
      "path": "/v1/referrals/claim",
      "segments": [
        "v1",
        "referrals",
        "claim"
      ],
      "service": "referral-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": false,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/referrals/code",
      "segments": [
        "v1",
        "referrals",
        "code"
      ],
      "service": "referral-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
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
      "service": "referral-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": false,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/referrals/stats",
      "segments": [
        "v1",
        "referrals",
        "stats"
      ],
      "service": "referral-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/referrals/tree",
      "segments": [
        "v1",
        "referrals",
        "tree"
      ],
      "service": "referral-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "GET",
      "path": "/v1/tokens",
      "segments": [
        "v1",
        "tokens"
      ],
      "service": "token-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "POST",
      "path": "/v1/tokens",
      "segments": [
        "v1",
        "tokens"
      ],
      "service": "token-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": false,
      "max_body": 1048576
    },
    {
      "method": "DELETE",
      "path": "/v1/tokens/{token_id}",
      "segments": [
        "v1",
        "tokens",
        null
      ],
      "service": "token-service",
      "prefix": "",
      "access": "user",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": true,
      "max_body": 1048576
    },
    {
      "method": "POST",
      "path": "/v1/webhooks/clerk",
      "segments": [
        "v1",
        "webhooks",
        "clerk"
      ],
      "service": "auth-service",
      "prefix": "",
      "access": "public",
      "roles": [],
      "credential": false,
      "timeout_ms": 2000,
      "again": false,
      "max_body": 1048576
    }
  ],
  "providers": [
    {
      "kind": "clerk",
      "roles": "roles"
    },
    {
      "kind": "introspection",
      "service": "token-service",
      "prefix": "pat_",
      "path": "/v1/authorize"
    }
  ],
  "origins": [],
  "user_id": {
    "pattern": "^[^\\u0000-\\u0020\\u007f-\\u00a0\\u00ad-\\u00ad\\u061c-\\u061c\\u1680-\\u1680\\u180e-\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000-\\u3000\\ufeff-\\ufeff\\ufff9-\\ufffb]+(?: +[^\\u0000-\\u0020\\u007f-\\u00a0\\u00ad-\\u00ad\\u061c-\\u061c\\u1680-\\u1680\\u180e-\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000-\\u3000\\ufeff-\\ufeff\\ufff9-\\ufffb]+)*(?![\\s\\S])",
    "longest": 255
  },
  "limits": {
    "headers": 100,
    "header_bytes": 32768
  },
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

export default gateway(table);
