"""Format a log line for a terminal: the JSON lines of the kit and of Envoy in one short row, other lines unchanged."""

import json
import re
from typing import Any

from stead.model.printable import printable

SEVERE = frozenset({"warning", "error", "critical", "fatal"})
ERROR = re.compile(r"\b\w*(?:Error|Exception)\b[^:\n]{0,200}: ")
USUAL = frozenset({"time", "level", "logger", "message", "service", "request_id", "trace_id", "span_id"})


def decoded(line: str) -> dict[str, Any] | None:
    """Return the fields of a JSON line; None for another line."""
    if not line.startswith("{"):
        return None
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) and ("message" in fields or "status" in fields) else None


def readable(line: str) -> str:
    """Return one row: the time of day, the level, the message, and the other fields; safe for a terminal."""
    fields = decoded(line)
    if fields is None:
        return printable(line)
    time = str(fields.get("time", ""))[11:19]
    text = _first_and_last(str(fields["message"])) if "message" in fields else _access(fields)
    beside = " ".join(f"{name}={value}" for name, value in fields.items() if _is_extra_field(name, value, fields))
    return printable("  ".join(part for part in (time, f"{fields.get('level', 'info'):<8}", text, beside) if part))


def failure_lines(lines: list[str]) -> list[str]:
    """Return those of the last lines of a failed process that may hold the reason."""
    fields = [decoded(line) for line in lines]
    alarming = [line for line, each in zip(lines, fields, strict=True) if each is None or _alarms(each)]
    return [readable(line) for line in alarming or lines]


def cause(lines: list[str], most: int) -> list[str]:
    """Return so many of the lines: from the last that names an error on, or the last ones."""
    named = [number for number, line in enumerate(lines) if ERROR.search(line)]
    begin = max(0, min(named[-1] if named else len(lines), len(lines) - most))
    return lines[begin : begin + most]


def _alarms(fields: dict[str, Any]) -> bool:
    return str(fields.get("level", "")).lower() in SEVERE


def _is_extra_field(name: str, value: Any, fields: dict[str, Any]) -> bool:
    return "message" in fields and name not in USUAL and value is not None and not isinstance(value, (dict, list))


def _access(fields: dict[str, Any]) -> str:
    words = (fields.get(name) for name in ("method", "path", "status", "duration_ms"))
    return " ".join(str(word) for word in words if word is not None) + " ms"


def _first_and_last(message: str) -> str:
    """Shorten a stack trace to its first words and its last error."""
    rows = [row.strip(" |+-") for row in message.splitlines()]
    rows = [row for row in rows if row]
    return " … ".join(dict.fromkeys((rows[0], rows[-1]))) if rows else ""
