"""Orders: answers GET /health, and takes what it is told from its environment."""

import os

HEALTH = "/health"


def asked(told):
    return told.stock_service_url
