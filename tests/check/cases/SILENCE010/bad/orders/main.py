"""GET /health answers as all services do."""

import os

LIMIT = int(os.environ["ORDERS_LIMIT"])
PORT = int(os.environ["PORT"])  # stead: ignore[SETTING010]
