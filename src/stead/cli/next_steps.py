"""The next steps with a backend, in plain lines; a terminal adds colours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stead.run.program import command
from stead.run.state_directory import Folder
from stead.run.status import WELL


def hints(state: Mapping[str, Any]) -> list[str]:
    """Return the lines below the table; an empty first line separates a paragraph."""
    if state["stopping"]:
        return ["", "stopping …  (Ctrl-C again: at once)"]
    lines = ["", *state["notes"]]
    if not state["settled"]:
        waits = sum(process["state"] not in ("healthy", "done", "skipped") for process in state["processes"])
        lines.append(f"starting, {waits} to go")
    elif not state["well"]:
        where = Folder(Path(state["description"])).shown
        lines.append(f"not every process is healthy; see {command('logs', where, _bad(state))}")
    if _is_open(state):
        return [*lines, f"{state['backend']} is at {state['url']}", *_tries(state)]
    return [*lines, *_console(state)] if state["settled"] and not state["url"] else lines


def _bad(state: Mapping[str, Any]) -> str:
    """Return the first process that is not healthy."""
    return next((each["name"] for each in state["processes"] if each["state"] not in WELL), "")


def _is_open(state: Mapping[str, Any]) -> bool:
    """Return whether the gateway accepts requests; services behind it may still start or restart."""
    gateways = [process for process in state["processes"] if process["kind"] == "gateway"]
    return any(process["state"] == "healthy" for process in gateways)


def _tries(state: Mapping[str, Any]) -> list[str]:
    where = Folder(Path(state["description"])).shown
    tries = {"look": f"curl {state['url']}{state['try']}"}
    if state["token"]:
        tries["be a user"] = command("token", "ann", where)
    if state["story"]:
        tries["play it"] = command("story", where)
    tries["check it"] = command("smoke", where)
    return [*(f"  {name:<11}{command}" for name, command in tries.items()), *_console(state)]


def _console(state: Mapping[str, Any]) -> list[str]:
    """Return how to open the console: the address alone holds no key, so it may appear in a log."""
    where = Folder(Path(state["description"])).shown
    return [f"  {'see it':<11}{command('open', where)}"] if state["console"] else []
