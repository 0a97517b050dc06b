"""The proxy in front of programs without the kit: it enforces the boundary for any language.

One Envoy is in front of all such programs of a place (this machine; a container network; a Pod). A program gets only
declared requests; its declared calls get a service token, a deadline and safe retries.
"""

from stead.gateway.proxy.bootstrap import bootstrap
from stead.gateway.proxy.deployment import Inbound, Outbound, ProxyDeployment
from stead.gateway.proxy.plan import plan

__all__ = ["Inbound", "Outbound", "ProxyDeployment", "bootstrap", "plan"]
