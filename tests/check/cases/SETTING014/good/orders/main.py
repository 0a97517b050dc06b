"""Orders: answers GET /health, and takes what it is told from its environment."""

import os

HEALTH = "/health"
NAMES = ["SMTP_PASSWORD", "TELEGRAM_PUBLIC_KEY", "SENTRY_DSN", "MAX_TOKENS", "CACHE_KEY", "PARTNER_URL"]
