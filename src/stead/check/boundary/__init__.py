"""Boundaries: who asks whom is what the calls say, and nobody reaches past another's contract."""

from stead.check.boundary import address, call, cross_import, cycle, database, gateway, tls, upstream

RULES = (
    *cross_import.RULES,
    *address.RULES,
    *call.RULES,
    *cycle.RULES,
    *database.RULES,
    *gateway.RULES,
    *tls.RULES,
    *upstream.RULES,
)
