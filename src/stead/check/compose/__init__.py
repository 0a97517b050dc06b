"""Compose: what runs in containers can be reached by whom it is meant for, does what it may, and is well."""

from stead.check.compose import environment, hardening, health, reach, secret, whole

RULES = (*reach.RULES, *hardening.RULES, *health.RULES, *environment.RULES, *secret.RULES, *whole.RULES)
