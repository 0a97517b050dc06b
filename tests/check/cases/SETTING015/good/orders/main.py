"""Orders: answers GET /health, and takes what it is told from its environment."""

HEALTH = "/health"
NAMES = ["ORDERS_CURRENCY", "PARTNER_KEY", "ORDERS_LIMIT"]
