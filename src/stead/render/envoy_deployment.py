"""An Envoy and its agent in two containers: the common part of a gateway and a program's proxy on every target."""

from stead.gateway.drain import script
from stead.model import Limits

DESCRIPTION = "/app/backend.py"  # in the image in which the agent runs
AGENT_LIMITS = Limits(cpus=0.25, memory=128, pids=32)
PROXY_LIMITS = Limits(cpus=0.5, memory=192, pids=64)


def entrypoint(name: str, seconds: int) -> tuple[str, ...]:
    """Return the command that starts Envoy, and gives it `seconds` to end; `name` is before bash's own messages."""
    return ("/bin/bash", "-c", script(seconds), name)


def agent_ready(folder: str) -> tuple[str, ...]:
    """Return the command that succeeds once the agent has written all of its files into the folder."""
    return ("python", "-P", "-c", f"import os, sys; sys.exit(not os.path.exists('{folder}/ready'))")
