"""Who a user is: sign-up by webhook, and the answer to "whose token is this?"."""

from stead.services.auth.service import service

__all__ = ["service"]
