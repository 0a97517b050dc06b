"""Idempotency: a write with a key has one effect, however often it is sent; every attempt gets the first answer."""

from pathlib import Path

from stead.kit.idempotency.guard import REPLAYED, Answer, Idempotency, sweep
from stead.kit.migrations import Migrations

MIGRATIONS = Migrations("idempotency", Path(__file__).with_name("migrations"))

__all__ = ["MIGRATIONS", "REPLAYED", "Answer", "Idempotency", "sweep"]
