"""Serves."""

import os


def create():
    """Make the app, in the environment that is said."""
    return os.environ["ENVIRONMENT"]
