"""Users: registration, sign-in, recovery, profile, roles; sessions are the sessions service's."""

from stead.services.users.service import service

__all__ = ["service"]
