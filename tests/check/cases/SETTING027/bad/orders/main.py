"""Orders: answers GET /health, and takes what it is told from its environment."""

HEALTH = "/health"
NAMES = ["orders-limit", "2ND_LIMIT"]
