"""Forms: a value is one that Compose can read, and that means what it looks like."""

import re
from collections.abc import Iterator

from stead.check.compose.stack import containers
from stead.check.context import Context
from stead.check.facts.compose import plain
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.model import Problem

PART = r"\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|w)"
DURATION = re.compile(rf"(?:{PART})+|0")
SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[bBkKmMgGtT]?)(?:i?[bB])?")
SMALLEST = 6 * 1024 * 1024  # bytes: Docker refuses a smaller limit
TIMES = ("interval", "timeout", "start_period", "start_interval")


@rule("COMPOSE057")
def amounts_have_a_unit(context: Context) -> Iterator[Problem]:
    """A duration in a Compose file has a unit, and so has a limit of memory.

    `interval: 10` stops Compose before anything starts (`missing unit in duration`), on every machine. `mem_limit: 512`
    is 512 bytes, which Docker refuses: `Minimum memory limit allowed is 6MB`. Write `10s`, `1m30s`, `512m`.
    """
    for container in containers(context):
        for value in _durations(container.config):
            text = plain(value.text).strip()
            if text and not DURATION.fullmatch(text):
                message = f"{text} of {container.name} is no duration"
                mend = f"write {text}s" if text.isdigit() else "write a number and its unit: 10s, 1m30s"
                yield Problem("COMPOSE057", message, value.place, mend)
        for value in _sizes(container.config):
            text = plain(value.text).strip()
            found = SIZE.fullmatch(text)
            if text and found is None:
                message = f"{text} of {container.name} is no size"
                yield Problem("COMPOSE057", message, value.place, "write a number and its unit: 512m, 2g")
            elif found and found["unit"] in ("", "b", "B") and 0 < float(found["number"]) < SMALLEST:
                message = f"the memory of {container.name} is {text} bytes, and Docker refuses less than 6 MB"
                yield Problem("COMPOSE057", message, value.place, f"write {found['number']}m")


def _sizes(service: MergedConfig) -> Iterator[MergedConfig]:
    limits = (service.get("deploy", "resources", name, "memory") for name in ("limits", "reservations"))
    found = [service.get("mem_limit"), service.get("mem_reservation"), *limits]
    yield from (value for value in found if value is not None and value.text)


def _durations(service: MergedConfig) -> Iterator[MergedConfig]:
    found = [service.get("stop_grace_period"), *(service.get("healthcheck", name) for name in TIMES)]
    yield from (value for value in found if value is not None and value.text)


RULES = (amounts_have_a_unit,)
