"""Orders: answers GET /health, and takes what it is told from its environment."""

import os

HEALTH = "/health"
