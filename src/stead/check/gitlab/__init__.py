"""Pipelines of GitLab CI, rendered or written by hand: one run, no daemon, failures that count, ships that end."""

from stead.check.gitlab import rules, security

RULES = (*rules.RULES, *security.RULES)
