"""Orders."""

HEALTH = "/health"
