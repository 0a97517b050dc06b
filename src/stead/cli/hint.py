"""What to do next with a backend, in plain lines: a terminal colours them, a pipe takes them as they are."""

from collections.abc import Mapping
from typing import Any


def hints(state: Mapping[str, Any]) -> list[str]:
    """Return the lines below the table; the first is empty where they are worth a paragraph of their own."""
    if state["stopping"]:
        return ["", "stopping …  (Ctrl-C again: at once)"]
    if not state["settled"]:
        waits = sum(process["state"] not in ("healthy", "done", "skipped") for process in state["processes"])
        return ["", f"starting, {waits} to go"]
    lines = [""] if state["well"] else ["", "not all is well: stead logs NAME tells more"]
    return [*lines, f"{state['backend']} is at {state['url']}", *_tries(state)] if state["url"] else lines


def _tries(state: Mapping[str, Any]) -> list[str]:
    where = f" {state['path']}" if state["path"] else ""
    tries = {"look": f"curl {state['url']}{state['try']}", "be a user": f"stead token ann{where}"}
    if state["story"]:
        tries["play it"] = f"stead story{where}"
    tries["check it"] = f"stead smoke{where}"
    return [f"  {name:<11}{command}" for name, command in tries.items()]
