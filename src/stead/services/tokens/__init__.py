"""API tokens that users make for their programs."""

from stead.services.tokens.service import service, users

__all__ = ["service", "users"]
