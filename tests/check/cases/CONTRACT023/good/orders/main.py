"""Orders: answers GET /health."""

HEALTH = "/health"
