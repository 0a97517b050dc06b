"""Orders: answers GET /health, and takes what it is told from its environment."""

import os

HEALTH = "/health"
ASKED = os.environ["STOCK_SERVICE_URL"], os.environ["MAIL_SERVICE_URL"]
