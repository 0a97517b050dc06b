"""Refused calls, as their log lines tell them: who asked whom, for what, and why it was refused."""

import re
from pathlib import Path
from typing import Any

import msgspec

from stead.console.run_file import rows

# The condition is that of the index `logs_refused`, word for word: without it, every line of the run is looked through.
REFUSED = """
SELECT id, time, process, message, fields, trace,
    (SELECT caller.service FROM spans AS asked JOIN spans AS caller
        ON caller.trace = asked.trace AND caller.span = asked.parent AND caller.service != asked.service
        WHERE asked.trace = logs.trace AND asked.span = logs.span AND logs.span != '') AS caller
FROM logs
WHERE substr(message, 1, 7) = 'refused'
    OR CASE WHEN json_valid(fields) THEN json_extract(fields, '$.status') IN (401, 403) END
ORDER BY time DESC, id DESC LIMIT 500
"""
SHOWN = 200
MAY_NOT = re.compile(r"refused: (?P<caller>\S+) may not (?P<operation>\S+)")
UNDECLARED = re.compile(r"refused a service token: '(?P<caller>[^']*)' is not a declared caller")
METHOD = re.compile(r"([A-Z]{3,7}) /")
OF_TOKEN = re.compile(r"refused a service token: .*?token of (?P<caller>\S+)")

Row = dict[str, Any]


def refusals(file: Path, gateway: str) -> list[Row]:
    """Return the refused calls of a run, the newest first; one that two lines tell of is there once."""
    found: list[Row] = []
    reported: set[tuple[str, str]] = set()
    for row in rows(file, REFUSED):
        made = _refusal(row, gateway)
        key = (row["trace"], made["callee"])
        if not row["trace"] or key not in reported:
            found.append(made)
        reported.add(key)
    return found[:SHOWN]


def _refusal(row: Row, gateway: str) -> Row:
    fields = msgspec.json.decode(row["fields"] or "{}")
    caller, why = _caller(row["message"])
    if row["caller"] != gateway:  # a caller through the gateway is outside
        caller = caller or row["caller"] or ""
    what = _request(row["message"], fields) or row["message"]
    if row["message"].startswith("refused"):
        callee, why = row["process"], why or _reason(row["message"], fields)
    else:
        upstream = str(fields.get("upstream") or "-")
        callee = upstream if row["process"] == gateway and upstream != "-" else row["process"]
        why = _in_words(str(fields.get("reason", "")), callee) or f"{callee} answered {fields.get('status', '')}"
    return {"id": row["id"], "time": row["time"], "trace": row["trace"], "caller": caller, "callee": callee, "what": what, "why": why}  # fmt: skip  # noqa: E501


def _request(message: str, fields: Row) -> str:
    """Return what was asked for; nothing where a line does not tell. A route may have its method before it."""
    where = str(fields.get("route") or fields.get("path") or "")
    told = METHOD.match(message)
    method = fields.get("method") or (told[1] if told else "")
    return f"{method} {where}" if where and method and " " not in where else where


def _in_words(detail: str, callee: str) -> str:
    """Return what Envoy's response code detail means."""
    if detail.startswith("jwt_authn_access_denied"):
        return f"the token is not valid: {detail.partition('{')[2].rstrip('}').replace('_', ' ')}"
    if detail.startswith("rbac_access_denied"):
        return "there is no user: no credential that the gateway trusts"
    if detail.startswith("ext_authz"):
        return "the API token is not valid"
    return f"{callee} refused it" if detail == "via_upstream" else detail


def _caller(message: str) -> tuple[str, str]:
    """Return the calling service that a line names, and why it was refused; nothing when it came from outside."""
    if found := MAY_NOT.match(message):
        return found["caller"], f"{found['operation']} is not declared for it"
    if found := UNDECLARED.match(message):
        return found["caller"], "it is not a declared caller"
    if found := OF_TOKEN.match(message):
        return found["caller"], message.removeprefix("refused a service token: ")
    return "", ""


def _reason(message: str, fields: Row) -> str:
    text = message.removeprefix("refused").lstrip(": ")
    return f"{text}: {fields['reason']}" if "reason" in fields else text
