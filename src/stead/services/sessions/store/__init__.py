"""The stores of sessions: one protocol, in Redis or in PostgreSQL, with the same behaviour."""

from stead.services.sessions.store.port import Claim, Fresh, Replayed, Store

__all__ = ["Claim", "Fresh", "Replayed", "Store"]
