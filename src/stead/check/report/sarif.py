"""The report for code hosts and editors: SARIF 2.1.0 (OASIS, docs.oasis-open.org/sarif/sarif/v2.1.0).

Paths are relative to the top of the repository, so that the same finding is the same on every machine. A finding that
is silenced, or that a baseline accepts, is there too, as suppressed, with the reason.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from stead.check.engine import Finding, Result
from stead.check.registry import rule_of
from stead.check.report.path import repository, shortened, shown
from stead.check.rule import Rule
from stead.model import SourceLocation

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def report(result: Result) -> str:
    """Return one SARIF log with one run."""
    base = repository(Path.cwd())
    findings = sorted((*result.findings, *result.silenced, *result.accepted))
    codes = sorted({finding.code for finding in findings})
    run = {
        "tool": {"driver": _driver(codes)},
        "invocations": [_invocation(result, base)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes.index(finding.code), base) for finding in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _driver(codes: list[str]) -> dict[str, Any]:
    return {"name": "stead", "version": version("stead"), "rules": [_rule(rule_of(code)) for code in codes]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.find.__name__,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.page},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": rule.severity},
    }


def _invocation(result: Result, base: Path) -> dict[str, Any]:
    """Say whether all was looked at: what was not, and which rules failed themselves."""
    notes = [{"level": "note", "message": {"text": shortened(note, base)}} for note in result.notes]
    notes += [{"level": "error", "message": {"text": broken}} for broken in result.broken]
    return {"executionSuccessful": not result.broken, "toolExecutionNotifications": notes}


def _result(finding: Finding, index: int, base: Path) -> dict[str, Any]:
    problem = finding.problem
    text, mend = shortened(finding.message, base), shortened(problem.mend, base)
    made: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": f"{text}\n{mend}" if mend else text},
        "locations": [_location(finding.place, base)],
        "partialFingerprints": {"said/v1": _fingerprint(finding, text, base)},
    }
    if problem.also:
        made["relatedLocations"] = [_location(problem.also, base) | {"id": 1, "message": {"text": "the second place"}}]
    if finding.silenced:
        made["suppressions"] = [{"kind": "inSource", "justification": finding.silenced}]
    if finding.accepted:
        made |= {
            "baselineState": "unchanged",
            "suppressions": [{"kind": "external", "justification": finding.accepted}],
        }
    return made


def _location(place: SourceLocation, base: Path) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(shown(place.file, base))}
    if place.line:
        physical["region"] = {"startLine": place.line} | ({"startColumn": place.column} if place.column else {})
    return {"physicalLocation": physical}


def _artifact(path: str) -> dict[str, str]:
    if path.startswith("/"):
        return {"uri": f"file://{quote(path)}"}
    return {"uri": quote(path), "uriBaseId": "%SRCROOT%"}


def _fingerprint(finding: Finding, text: str, base: Path) -> str:
    """Tell findings apart across commits: by what is said of which file, whatever its line has become."""
    identity = "\0".join((finding.code, shown(finding.place.file, base), text))
    return hashlib.sha256(identity.encode()).hexdigest()[:32]
