"""Orders: answers GET /health, and takes what it is told from its environment."""

import os

HEALTH = "/health"


def pieces(name):
    return f"http://stock/v1/pieces/{name}"  #! BOUNDARY022
