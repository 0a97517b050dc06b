"""Orders: answers GET /health, and takes what it is told from its environment."""

import os

HEALTH = "/health"
LIMIT = os.environ["PARTNER_LIMIT"]
