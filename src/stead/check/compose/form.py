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
TIMES = ("interval", "timeout", "start_period", "start_interval")


@rule("COMPOSE057")
def durations_have_a_unit(context: Context) -> Iterator[Problem]:
    """A duration in a Compose file has a unit.

    `interval: 10` stops Compose before anything starts (`missing unit in duration`), on every machine. Write `10s`, or
    `1m30s`.
    """
    for container in containers(context):
        for value in _durations(container.config):
            text = plain(value.text).strip()
            if text and not DURATION.fullmatch(text):
                message = f"{text} of {container.name} is no duration"
                mend = f"write {text}s" if text.isdigit() else "write a number and its unit: 10s, 1m30s"
                yield Problem("COMPOSE057", message, value.place, mend)


def _durations(service: MergedConfig) -> Iterator[MergedConfig]:
    found = [service.get("stop_grace_period"), *(service.get("healthcheck", name) for name in TIMES)]
    yield from (value for value in found if value is not None and value.text)


RULES = (durations_have_a_unit,)
