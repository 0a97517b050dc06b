"""The proxy in front of programs that know nothing of Stead: the boundary, in any language's stead.

One Envoy is before all such programs of a place (this machine; a container network; a Pod). Into a program comes
what the description declares, and nothing else; out of it goes each declared call, with a service token, a deadline and
the retries that are safe.
"""

from stead.gateway.proxy.bootstrap import bootstrap
from stead.gateway.proxy.deployment import Inbound, Outbound, ProxyDeployment
from stead.gateway.proxy.plan import plan

__all__ = ["Inbound", "Outbound", "ProxyDeployment", "bootstrap", "plan"]
