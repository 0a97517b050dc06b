"""Contracts: what a service offers is written down beside it, is what it serves, and breaks nobody who relies on it."""

from stead.check.contract import answer, change, client, document, serving

RULES = (
    *document.RULES,
    *serving.RULES,
    *change.RULES,
    *answer.RULES,
    *client.RULES,
)
