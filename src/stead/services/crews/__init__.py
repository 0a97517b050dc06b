"""Crews of an event: boats, tents, tables and buses, and who is where."""

from stead.services.crews.service import service

__all__ = ["service"]
