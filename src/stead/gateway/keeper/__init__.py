"""The keeper: a small process beside Envoy that keeps two kinds of files fresh.

- for each service that the gateway calls, a service token, minted long before the last one expires;
- for each provider that signs its tokens, the key set that verifies them.

Envoy could fetch a key set by itself, but then an unknown key is looked for only after the cache has aged, and an
outage of the provider answers 401 as if everybody's tokens were bad. The keeper keeps the last good set, looks again
soon, and lets nothing malformed near Envoy.
"""

from stead.gateway.keeper.loop import run
from stead.gateway.keeper.plan import KeySet, Plan, Token

__all__ = ["KeySet", "Plan", "Token", "run"]
