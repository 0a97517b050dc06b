"""Orders: answers GET /health, and takes what it is told from its environment."""

import os

HEALTH = "/health"
USUAL = len("12345")
LIMIT = int(os.environ.get("ORDERS_LIMIT", "5"))
AGAIN = int(os.environ.get("ORDERS_LIMIT", USUAL))
RATE = float(os.environ.get("ORDERS_RATE", "0.50"))
CURRENCY = os.environ.get("ORDERS_CURRENCY", "EUR")
PORT = int(os.environ.get("PORT", "3000"))
