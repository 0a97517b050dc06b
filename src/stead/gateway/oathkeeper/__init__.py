"""Ory Oathkeeper in front of the gateway: its configuration and its access rules, of the same routes and users."""

from stead.gateway.oathkeeper.access_rules import access_rules
from stead.gateway.oathkeeper.configuration import configuration

__all__ = ["access_rules", "configuration"]
