"""Mail."""

try:
    from mail.fast import app
except ImportError:
    app = None
