"""Orders: answers GET /health, and takes what it is told from its environment."""

import os

HEALTH = "/health"
LIMIT = int(os.environ.get("ORDERS_LIMIT", "10"))  #! SETTING012
CURRENCY = os.environ.get("ORDERS_CURRENCY", "EUR")
STRICT = os.environ.get("ORDERS_STRICT", "true")
ZONES = os.environ.get("ORDERS_ZONES", "north")  #! SETTING012
