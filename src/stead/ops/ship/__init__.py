"""Shipping: deploy a version of a backend, watch it until it is healthy, and roll back when it is not.

`commands` builds argument lists and runs nothing; `runner` runs or shows them; `release` stores each version; `rollout`
has the order of the steps.
"""
