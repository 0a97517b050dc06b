"""What to do next with a backend, in plain lines: a terminal colours them, a pipe takes them as they are."""

from collections.abc import Mapping
from typing import Any


def hints(state: Mapping[str, Any]) -> list[str]:
    """Return the lines below the table; the first is empty where they are worth a paragraph of their own."""
    if state["stopping"]:
        return ["", "stopping …  (Ctrl-C again: at once)"]
    lines = [""]
    if not state["settled"]:
        waits = sum(process["state"] not in ("healthy", "done", "skipped") for process in state["processes"])
        lines.append(f"starting, {waits} to go")
    elif not state["well"]:
        lines.append("not all is well: stead logs NAME tells more")
    return [*lines, f"{state['backend']} is at {state['url']}", *_tries(state)] if _is_open(state) else lines


def _is_open(state: Mapping[str, Any]) -> bool:
    """Tell whether the gateway lets anyone in; what is behind it may still be starting, or starting again."""
    gateways = [process for process in state["processes"] if process["kind"] == "gateway"]
    return any(process["state"] == "healthy" for process in gateways)


def _tries(state: Mapping[str, Any]) -> list[str]:
    where = f" {state['path']}" if state["path"] else ""
    tries = {"look": f"curl {state['url']}{state['try']}", "be a user": f"stead token ann{where}"}
    if state["story"]:
        tries["play it"] = f"stead story{where}"
    tries["check it"] = f"stead smoke{where}"
    return [f"  {name:<11}{command}" for name, command in tries.items()]
