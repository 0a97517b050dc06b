"""Workflows of GitHub Actions, rendered or written by hand: rights, strangers, failures that count, ships that end."""

from stead.check.github import flow, place, rights

RULES = (*rights.RULES, *flow.RULES, *place.RULES)
