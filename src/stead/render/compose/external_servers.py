"""An overlay for where the servers are somebody else's: a managed PostgreSQL, Redis or S3.

It puts our servers, and what makes things in them, into a profile that nobody asks for; who depended on them depends
no more. The secret files then hold the URLs of the others.
"""

from collections.abc import Mapping
from typing import Any

from stead.render.compose.serialization import Tree

PROFILE = "servers"
FILE = "compose.elsewhere.yaml"


def overlay(whole: Tree, servers: frozenset[str]) -> Tree:
    """Return the overlay of a backend; `servers` are the services that it takes out."""
    services = {name: _service(name, each, servers) for name, each in whole["services"].items()}
    return {"services": {name: changed for name, changed in services.items() if changed}}


def _service(name: str, each: Mapping[str, Any], servers: frozenset[str]) -> Tree:
    if name in servers:
        return {"profiles": [PROFILE]}
    waits = {other: {**on, "required": False} for other, on in each.get("depends_on", {}).items() if other in servers}
    return {"depends_on": waits} if waits else {}
