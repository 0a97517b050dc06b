"""Errors of the gateway.

Errors of this package:
    SteadError
    └── GatewayError         a description or a site from which no gateway can be made
        └── EnvoyRefused     Envoy itself does not take the configuration; its own words
"""

from stead.model import SteadError


class GatewayError(SteadError):
    """The description or the deployment has no valid gateway."""


class EnvoyRefused(GatewayError):  # noqa: N818 - it says what happened
    """Envoy refuses a configuration."""
