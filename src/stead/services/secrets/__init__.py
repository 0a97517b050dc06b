"""Values by key, for trusted callers."""

from stead.services.secrets.service import service

__all__ = ["service"]
