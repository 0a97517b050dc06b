"""Drift: what was made from the description is what it would be if it were made now."""

from stead.check.drift.rules import RULES

__all__ = ["RULES"]
