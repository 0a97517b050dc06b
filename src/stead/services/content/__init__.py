"""Articles, events, and who comes."""

from stead.services.content.service import service

__all__ = ["service"]
