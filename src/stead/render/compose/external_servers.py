"""An overlay for external servers: a managed PostgreSQL, Redis or S3.

It moves our servers and their provisioners to an unused profile, and removes the dependencies on them. The secret files
then hold the URLs of the external servers, and the networks of the programs that use them lead there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from stead.render.compose.serialization import Tree

PROFILE = "servers"
FILE = "compose.elsewhere.yaml"


def overlay(base: Tree, overlays: Mapping[str, Tree], servers: frozenset[str], opened: Iterable[str] = ()) -> Tree:
    """Return the overlay of a backend; `servers` are the services that it takes out, `opened` networks that lead out.

    A dependency on a server in any environment is removed in all.
    """
    files = (base, *overlays.values())
    services: Tree = {}
    for name in base["services"]:
        waits: Tree = {}
        for file in files:
            waits |= file.get("services", {}).get(name, {}).get("depends_on", {})
        if changed := _service(name, waits, servers):
            services[name] = changed
    networks = {name: {"internal": False} for name in sorted(opened)}
    return {"services": services} | ({"networks": networks} if networks else {})


def _service(name: str, waits: Mapping[str, Any], servers: frozenset[str]) -> Tree:
    if name in servers:
        return {"profiles": [PROFILE]}
    optional = {other: {**waits[other], "required": False} for other in sorted(waits) if other in servers}
    return {"depends_on": optional} if optional else {}
