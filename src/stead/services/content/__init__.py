"""Articles, events and registrations."""

from stead.services.content.service import service

__all__ = ["service"]
