"""Containers, parsed from the output of Docker and Compose."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a service. `health` is empty without a health check."""

    service: str
    state: str
    health: str
    exit_code: int

    @property
    def wrong(self) -> str:
        """The failure of the container; empty when it is healthy, or has exited with 0."""
        if self.state == "exited":
            return f"ended with exit status {self.exit_code}" if self.exit_code else ""
        if self.state != "running":
            return f"is {self.state}"
        return "" if self.health in ("", "healthy") else f"is {self.health}"


def containers(text: str) -> list[Container]:
    """Parse `compose ps --format json`: one object per line, or one list, depending on the version of Compose."""
    stripped = text.strip()
    if stripped.startswith("["):
        rows = json.loads(stripped)
    else:
        rows = [json.loads(line) for line in stripped.splitlines() if line.strip()]
    return [Container(row["Service"], row["State"], row.get("Health", ""), int(row["ExitCode"])) for row in rows]


def failed(output: str, project: str) -> dict[str, str]:
    """Return what `compose up` says itself of services that failed, by their names.

    One that ends and is started again may look well in the moment in which it is asked how it is.
    """
    found = re.findall(rf"container {re.escape(project)}-(\S+)-\d+ (is unhealthy|exited \(\d+\))", output)
    return dict(found)


def states(text: str) -> Iterator[Container]:
    """Parse `docker inspect --format '{{json .State}}'`, one line per container, in the order of the arguments."""
    for line in text.splitlines():
        state: dict[str, Any] = json.loads(line)
        health = (state.get("Health") or {}).get("Status", "")
        yield Container("", state["Status"], "" if health == "none" else health, int(state["ExitCode"]))
