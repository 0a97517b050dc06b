"""Kubernetes: what runs in a cluster is reached by whom it is meant for, does what it may, and can be replaced."""

from stead.check.kubernetes import description

RULES = (*description.RULES,)
