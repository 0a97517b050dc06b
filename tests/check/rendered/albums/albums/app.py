"""Serves the gallery."""

import os


def create():
    """Make the app, over its bucket and its Redis."""
    return os.environ["BUCKET_URL"], os.environ["REDIS_URL"]
