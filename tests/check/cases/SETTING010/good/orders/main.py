"""Answers GET /health."""

import os

from pydantic_settings import BaseSettings

HEALTH = "/health"
LIMIT = int(os.environ["ORDERS_LIMIT"])
PORT = int(os.environ["PORT"])
HOST = os.environ.get("HOST", "127.0.0.1")
HOME = os.environ["HOME"]
os.environ["WRITTEN"] = "1"


class Pricing(BaseSettings):
    pricing_rounding: int = 2
