"""API tokens of users for their programs."""

from stead.services.tokens.service import service, users

__all__ = ["service", "users"]
