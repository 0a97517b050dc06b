"""A line of a log as a record: when, how bad, what, and of which trace, whatever program wrote it.

JSON lines of the kit, of Envoy and of the usual loggers are read by their fields; another line is its own message, with
the level that it names near its begin, and the time at which it was read.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from stead.model.health import PATHS

LEVELS = {
    "trace": 5, "debug": 10, "info": 20, "information": 20, "notice": 20, "log": 20, "warn": 30, "warning": 30,
    "error": 40, "err": 40, "critical": 50, "fatal": 50, "panic": 50, "off": 50,
}  # fmt: skip
NUMBERS = {10: 5, 20: 10, 30: 20, 40: 30, 50: 40, 60: 50}  # of pino and bunyan
INFO, WARNING, ERROR = 20, 30, 40
DAY = 86_400_000_000  # microseconds
LONGEST = 8192  # characters of a message, and of its fields
NAMED = re.compile(r"\b(TRACE|DEBUG|INFO|NOTICE|LOG|WARN|WARNING|ERROR|CRITICAL|FATAL|PANIC)\b(?=[\s:\]\[|,])")
NEAR = 80  # characters at the start of a line in which a level is looked for
COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
USUAL = frozenset({"time", "timestamp", "ts", "level", "severity", "message", "msg", "service", "logger"})
IDS = ("trace_id", "span_id", "request_id")
KNOWN = USUAL.union(IDS)
PROBES = frozenset(f"GET {path} 200" for path in PATHS)
DATED = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:[.,]\d{1,6})?)(?: ?(?:UTC|Z)| ?([+-]\d\d:\d\d))")

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class Record(NamedTuple):
    """A row of the table `logs`; `time` in microseconds since 1970, `fields` a JSON object."""

    time: int
    process: str
    level: int
    message: str
    fields: str
    trace: str
    span: str
    request: str


def is_probe(read: Record) -> bool:
    """Tell whether a line is of a health check that went well: there is one every two seconds, and it says nothing."""
    return read.message in PROBES


def record(process: str, line: str, now: int) -> Record:
    """Read one line; `now`, in microseconds, is its time where it says none."""
    fields = _object(line)
    if fields is None:
        text = COLOUR.sub("", line)
        return Record(_leading_time(text) or now, process, _named(text), shortened(text), "", "", "", "")
    text, level = _message(fields), _level(fields)
    trace, span, request = (str(fields.get(name) or "") for name in IDS)
    more = {name: value for name, value in fields.items() if name not in KNOWN and value is not None}
    return Record(_time(fields, now), process, level, shortened(text), _written(more), trace, span, request)


def shortened(text: str) -> str:
    """Return a text of bounded length, which says how much of it is left out."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text) - LONGEST} more characters)"


def _object(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        fields = _decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _written(fields: Mapping[str, Any]) -> str:
    """Return the fields as JSON; where they are too long, only their begin, as a text in an object."""
    if not fields:
        return ""
    text = _encode(fields).decode(errors="replace")
    return text if len(text) <= LONGEST else _encode({"shortened": shortened(text)}).decode()


def _message(fields: Mapping[str, Any]) -> str:
    for name in ("message", "msg", "event"):
        if isinstance(fields.get(name), str):
            return str(fields[name])
    words = (fields.get(name) for name in ("method", "path", "status"))
    return " ".join(str(word) for word in words if word is not None) or _encode(fields).decode(errors="replace")


def _level(fields: Mapping[str, Any]) -> int:
    level = fields.get("level", fields.get("severity"))
    if isinstance(level, str):
        return LEVELS.get(level.lower(), INFO)
    if isinstance(level, int):
        return NUMBERS.get(level, INFO)
    status = fields.get("status")
    if not isinstance(status, int):
        return INFO
    return ERROR if status >= 500 else WARNING if status >= 400 else INFO


def _named(line: str) -> int:
    found = NAMED.search(line, 0, NEAR)
    return LEVELS[found[1].lower()] if found else INFO


def _time(fields: Mapping[str, Any], now: int) -> int:
    """Return when a program says that it wrote; a time that it cannot mean is the time of reading."""
    value = next((fields[name] for name in ("time", "timestamp", "ts") if name in fields), None)
    if isinstance(value, str):
        value = _parsed(value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return now
    micro = value * 1_000_000 if value < 1e11 else value * 1000 if value < 1e14 else value
    return int(micro) if not now or abs(micro - now) < DAY else now


def _leading_time(line: str) -> int:
    """Return the time with which a line begins, as that of PostgreSQL does; 0 when it names no time zone."""
    found = DATED.match(line)
    read = _parsed(f"{found[1]}T{found[2].replace(',', '.')}{found[3] or '+00:00'}") if found else None
    return int(read * 1_000_000) if read else 0


def _parsed(text: str) -> float | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
