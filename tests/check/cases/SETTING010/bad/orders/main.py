"""GET /health answers as all services do."""

import os
from os import environ

LIMIT = int(os.environ["ORDERS_LIMIT"])
CURRENCY = os.environ.get("ORDERS_CURRENCY", "EUR")  #! SETTING010
PARTNER = environ["PARTNER_URL"]  #! SETTING010
