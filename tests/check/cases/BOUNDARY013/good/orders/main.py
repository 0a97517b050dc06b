"""Orders: answers GET /health, and takes what it is told from its environment."""

import os

HEALTH = "/health"
from stead.services.points.contract import PointsClient

STOCK = os.environ["STOCK_SERVICE_URL"]
CLIENT = PointsClient
