"""GET /health answers as all services do."""

import os

LIMIT = int(os.environ["ORDERS_LIMIT"])
REGION = os.environ["REGION"]  # stead: ignore[SETTING010] the machine it runs on sets this
