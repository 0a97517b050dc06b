"""A ledger of points: correct under concurrency, then fast."""

from stead.services.points.service import service

__all__ = ["service"]
