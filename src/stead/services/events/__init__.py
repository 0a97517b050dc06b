"""Events that people book: organizers, seats that are held and paid, a waiting list."""

from stead.services.events.service import service

__all__ = ["service"]
