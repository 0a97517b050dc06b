"""SOPS: an environment's secrets are sealed, to several people, those of the rules, and are all there."""

from stead.check.sops import integrity, rules

RULES = (*rules.RULES, *integrity.RULES)
