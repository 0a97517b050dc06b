"""Orders: answers GET /health, and takes what it is told from its environment."""

HEALTH = "/health"
NAMES = ["ORDERS_LIMIT", "ORDERS_RATE", "ORDERS_TIMES"]
