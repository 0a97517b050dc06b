"""Orders: answers GET /health."""

HEALTH = "/healthz"
PING = "/ping"
