"""Boundaries: who asks whom is what the calls say, and nobody reaches past another's contract."""

from stead.check.boundary import address, call, circle, crossing, database, gateway

RULES = (
    *crossing.RULES,
    *address.RULES,
    *call.RULES,
    *circle.RULES,
    *database.RULES,
    *gateway.RULES,
)
