"""Sessions: who is signed in, for how long, and the access tokens that the gateway verifies by itself."""

from stead.services.sessions.service import SIGNING_KEY, service, users

__all__ = ["SIGNING_KEY", "service", "users"]
