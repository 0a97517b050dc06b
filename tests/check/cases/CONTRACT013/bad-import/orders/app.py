"""Orders: answers GET /health."""

HEALTH = "/health"


def create() -> object:
    return None
