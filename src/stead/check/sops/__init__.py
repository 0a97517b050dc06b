"""SOPS: an environment's secrets are sealed, to several people, those of the rules, and are all there."""

from stead.check.sops import rules

RULES = rules.RULES
