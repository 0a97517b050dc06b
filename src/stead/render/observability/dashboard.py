"""Dashboards as typed values, in the words of Grafana's JSON model, and their text."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from stead.render.observability.grafana import PROMETHEUS, Reference
from stead.render.observability.serialization import plain

COLUMNS = 24
LONGEST_UID = 40  # characters
Kind = Literal["timeseries", "stat", "table", "logs", "alertlist", "row"]


@dataclass(frozen=True)
class Query:
    """One question to a data source; `legend` names each series by its labels."""

    expr: str
    legendFormat: str = ""  # noqa: N815 - Grafana's word
    refId: str = "A"  # noqa: N815 - Grafana's word
    instant: bool | None = None
    format: str | None = None
    datasource: Reference = PROMETHEUS


@dataclass(frozen=True)
class GridPosition:
    """Where a panel stands, in columns of 24 and rows."""

    h: int
    w: int
    x: int
    y: int


@dataclass(frozen=True)
class Panel:
    """One picture. `unit` and `limit` are of its values; above `limit` they are red."""

    title: str
    type: Kind
    queries: tuple[Query, ...] = ()
    unit: str = "short"
    limit: float | None = None
    width: int = 8
    height: int = 8
    about: str = ""
    datasource: Reference = PROMETHEUS
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Variable:
    """A variable that the reader selects at the top of the page."""

    name: str
    label: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Dashboard:
    """One dashboard. Its `uid` is part of every link to it, and so built from names only."""

    uid: str
    title: str
    panels: tuple[Panel, ...]
    tags: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()


def uid_of(*names: str) -> str:
    """Return the uid of a page about these names: readable, and with a digest where that would be too long."""
    plain_name = re.sub(r"[^a-zA-Z0-9_-]", "-", "-".join(("stead", *names)))
    if len(plain_name) <= LONGEST_UID:
        return plain_name
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:8]
    return f"{plain_name[: LONGEST_UID - 9]}-{digest}"


def written(board: Dashboard) -> str:
    """Return a dashboard's JSON, sorted as a reader would want it."""
    made = {
        "uid": board.uid,
        "title": board.title,
        "tags": list(board.tags),
        "schemaVersion": 41,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "10s",
        "time": {"from": "now-30m", "to": "now"},
        "timezone": "browser",
        "annotations": {"list": []},
        "links": [_link(board.tags)],
        "templating": {"list": [_variable(each) for each in board.variables]},
        "panels": [_panel(n, panel, place) for n, (panel, place) in enumerate(_placed(board.panels), start=1)],
    }
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _placed(panels: Sequence[Panel]) -> list[tuple[Panel, GridPosition]]:
    """Put panels one after the other, and begin a new line where one does not fit."""
    found, x, y, height = [], 0, 0, 0
    for panel in panels:
        if x + panel.width > COLUMNS:
            x, y, height = 0, y + height, 0
        found.append((panel, GridPosition(panel.height, panel.width, x, y)))
        x, height = x + panel.width, max(height, panel.height)
    return found


def _panel(number: int, panel: Panel, place: GridPosition) -> dict[str, Any]:
    about = {"description": panel.about} if panel.about else {}
    return {
        "id": number,
        "title": panel.title,
        **about,
        "type": panel.type,
        "gridPos": plain(place),
        "datasource": plain(panel.datasource),
        "targets": [plain(query) for query in panel.queries],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": panel.options or _options(panel.type),
    }


def _defaults(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    steps += [{"color": "red", "value": panel.limit}] if panel.limit is not None else []
    custom = {"custom": {"showPoints": "never", "fillOpacity": 10}} if panel.type == "timeseries" else {}
    if custom and panel.limit is not None:
        custom["custom"]["thresholdsStyle"] = {"mode": "line"}
    return {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}, **custom}


def _options(kind: Kind) -> dict[str, Any]:
    if kind == "timeseries":
        return {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    if kind == "stat":
        return {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "value"}
    if kind == "logs":
        return {"showTime": True, "wrapLogMessage": True, "enableLogDetails": True, "sortOrder": "Descending"}
    return {}


def _variable(each: Variable) -> dict[str, Any]:
    every = {"text": "All", "value": "$__all", "selected": True}
    return {
        "name": each.name,
        "label": each.label,
        "type": "custom",
        "query": ",".join(each.choices),
        "multi": True,
        "includeAll": True,
        "current": every,
        "options": [every, *({"text": one, "value": one, "selected": False} for one in each.choices)],
    }


def _link(tags: Sequence[str]) -> dict[str, Any]:
    """The other pages of the same backend, on top of each."""
    return {"type": "dashboards", "title": "Pages", "asDropdown": True, "tags": list(tags), "keepTime": True}
