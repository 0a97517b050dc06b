"""Crews of an event: the assignment of users to boats, tents, tables and buses."""

from stead.services.crews.service import service

__all__ = ["service"]
