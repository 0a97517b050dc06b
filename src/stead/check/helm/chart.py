"""A chart that a person wrote: its templates read values that are there, its dependencies are pinned."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem, SourceLocation
from stead.render.header import mark_of

CHART, LOCK, VALUES = "Chart.yaml", "Chart.lock", "values.yaml"
SCHEMA = "values.schema.json"
ACTION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
READ = re.compile(r"(?<![\w)])\$?\.Values\.(\w+)((?:\.\w+)*)")
GUARDED = re.compile(r"\b(if|with|range|default|coalesce|hasKey|dig|and|or|not|empty|ternary|required|get|fail)\b")
EXACT = re.compile(r"v?\d+\.\d+\.\d+([-+][\w.+-]+)?")


def charts(context: Context) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the charts that a person wrote, each with its Chart.yaml."""
    for path in context.tree.named(CHART):
        text = context.tree.text(path)
        chart = loaded(text)
        if text and not mark_of(text) and isinstance(chart, dict):
            yield path, chart


def loaded(text: str | None) -> Any:
    """Return what a YAML file says; None where it is not YAML, which rules of files tell."""
    try:
        return yaml.safe_load(text) if text else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


@rule("HELM023")
def templates_read_values_that_are_there(context: Context) -> Iterator[Problem]:
    """A template reads values that `values.yaml` has or the schema requires, or it has a default for them.

    Helm renders a missing value as nothing: an image without a tag, an empty port, which the API server refuses or,
    worse, accepts. Write the value into `values.yaml`, or `default` or `required` into the template.
    """
    for path, chart in charts(context):
        values = loaded(context.tree.text(path.with_name(VALUES)))
        known = values if isinstance(values, dict) else {}
        parts = {str(each.get("alias") or each.get("name")) for each in _dependencies(chart)}
        templates = {each: context.tree.text(each) or "" for each in context.tree.below(path.parent / "templates")}
        optional = {name for text in templates.values() for name in _guarded(text)}
        optional |= set(_required(loaded(context.tree.text(path.with_name(SCHEMA)))))  # Helm refuses to go on without
        for file, text in templates.items():
            for name, line in _missing(text, known, optional | parts | {"global"}):
                mend = f"write {name} into {VALUES}, or a default or required into the template"
                yield Problem("HELM023", f"{VALUES} has no {name}", SourceLocation(str(file), line, 1), mend)


def _required(schema: Any, path: str = "") -> Iterator[str]:
    """Yield the names that a schema of values requires, down to what it says nothing more of."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or not properties:
        yield from (path,) if path else ()
        return
    required = schema.get("required")
    for name in required if isinstance(required, list) else ():
        if name in properties:
            yield from _required(properties[name], f"{path}.{name}" if path else str(name))


def _guarded(text: str) -> Iterator[str]:
    """Yield the names that some action asks for before it reads them."""
    for action in ACTION.finditer(text):
        if GUARDED.search(action[1]):
            yield from (read[1] + read[2] for read in READ.finditer(action[1]))


def _missing(text: str, values: dict[str, Any], optional: set[str]) -> Iterator[tuple[str, int]]:
    """Yield each name that is read and is nowhere, once, with its line."""
    reported: set[str] = set()
    for action in ACTION.finditer(text):
        for read in READ.finditer(action[1]):
            name = read[1] + read[2]
            parents = {name.rsplit(".", depth)[0] for depth in range(name.count(".") + 1)}
            if name not in reported and not _has(values, name.split(".")) and not parents & optional:
                reported.add(name)
                yield name, text.count("\n", 0, action.start(1) + read.start()) + 1


def _has(values: Any, path: list[str]) -> bool:
    """Return whether a path leads somewhere; below an empty mapping, a list or a text, nobody knows."""
    for part in path:
        if not isinstance(values, dict) or not values:
            return isinstance(values, dict)
        if part not in values:
            return False
        values = values[part]
    return True


@rule("HELM024", severity="warning")
def dependencies_are_pinned(context: Context) -> Iterator[Problem]:
    """The dependencies of a chart have exact versions, or are locked.

    `^15` can select another chart at the next `helm dependency update`, with other defaults. Write the version, or
    commit the `Chart.lock` that `helm dependency update` writes.
    """
    for path, chart in charts(context):
        if path.with_name(LOCK) in context.tree.known:
            continue
        lines = (context.tree.text(path) or "").splitlines()
        for each in _dependencies(chart):
            version, name = str(each.get("version", "")), str(each.get("name"))
            if not EXACT.fullmatch(version) and not str(each.get("repository", "")).startswith("file:"):
                line = next(
                    (at for at, text in enumerate(lines, 1) if re.search(rf"name:\s*{re.escape(name)}", text)), 1
                )
                message = f"{name} accepts any version {version or 'at all'}, and there is no {LOCK}"
                where = SourceLocation(str(path), line, 1)
                yield Problem("HELM024", message, where, f"write one version, or commit {LOCK}")


def _dependencies(chart: dict[str, Any]) -> list[dict[str, Any]]:
    found = chart.get("dependencies")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


RULES = (templates_read_values_that_are_there, dependencies_are_pinned)
