"""Orders: answers GET /health, and takes what it is told from its environment."""

import os

HEALTH = "/health"
STOCK = os.environ["STOCK_SERVICE_URL"]
BILLING = os.environ["BILLING_SERVICE_URL"]
