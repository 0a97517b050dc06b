"""The report for programs. Its shape is a promise: `version` is raised when a field changes its meaning or goes."""

import json
from pathlib import Path
from typing import Any

from stead.check.engine import Finding, Result
from stead.check.report.path import shortened, shown
from stead.model import SourceLocation

VERSION = 1


def report(result: Result) -> str:
    """Return one JSON document; paths are relative to where the command was given."""
    base = Path.cwd()
    document = {
        "version": VERSION,
        "findings": [_finding(finding, base) for finding in result.findings],
        "silenced": [_finding(finding, base) | {"reason": finding.silenced} for finding in result.silenced],
        "accepted": [_finding(finding, base) | {"reason": finding.accepted} for finding in result.accepted],
        "unsure": [_finding(finding, base) for finding in result.unsure],
        "notes": [shortened(note, base) for note in result.notes],
        "broken": list(result.broken),
        "rules": result.rules,
        "files": result.files,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding, base: Path) -> dict[str, Any]:
    problem = finding.problem
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": shortened(finding.message, base),
        "place": _place(finding.place, base),
        "also": _place(problem.also, base) if problem.also else None,
        "mend": shortened(problem.mend, base),
        "fixable": bool(finding.steps),
    }


def _place(place: SourceLocation, base: Path) -> dict[str, Any]:
    """Say where; `line` and `column` count from 1, and are null where they are unknown."""
    return {"file": shown(place.file, base), "line": place.line or None, "column": place.column or None}
