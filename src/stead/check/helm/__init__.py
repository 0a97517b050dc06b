"""Helm: values of your own are of the chart's schema; a chart of your own has what its templates and Helm need."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from stead.check.context import Context
from stead.check.helm import chart, supply
from stead.check.helm.value_type import typed
from stead.check.rule import rule
from stead.model import Problem, SourceLocation
from stead.render.header import mark_of

SCHEMA = "values.schema.json"
Found = tuple[str, yaml.Node, dict[str, Any]]


@rule("HELM020")
def values_are_settings_of_the_chart(context: Context) -> Iterator[Problem]:
    """Hand-written values are settings of the chart.

    Helm refuses the others, at the deploy. An unknown name is a typing mistake, or a setting of an earlier description:
    `values.schema.json` beside it has all of them with their help.
    """
    for path, node, schema in _own_values(context):
        for name, key, _ in _walk("", node, schema):
            where = SourceLocation(str(path), key.start_mark.line + 1, key.start_mark.column + 1)
            yield Problem("HELM020", f"the chart has no setting {name}", where, f"see {SCHEMA} beside it")


@rule("HELM021")
def images_are_named_by_digest(context: Context) -> Iterator[Problem]:
    """An image in a chart's values is a digest.

    A tag can point to another image later, so that the next environment does not run the tested image. Write the digest
    from the registry: `sha256:` and 64 hexadecimal digits.
    """
    for path, node, _ in _own_values(context):
        images = next((inner for key, inner in node.value if key.value == "images"), None)
        for key, inner in images.value if isinstance(images, yaml.MappingNode) else ():
            if not str(inner.value).startswith("sha256:"):
                where = SourceLocation(str(path), inner.start_mark.line + 1, inner.start_mark.column + 1)
                yield Problem("HELM021", f"{key.value} is not a digest", where, "write sha256:… of the image")


@rule("HELM022")
def values_are_of_the_chart_s_types(context: Context) -> Iterator[Problem]:
    """A hand-written value fits the chart's schema.

    Otherwise Helm refuses it at the deploy. YAML converts texts: `on` is true, and
    `1.20` a number. Quote a text; write a number without quotes.
    """
    for path, node, schema in _own_values(context):
        for name, inner, wanted in typed(node, schema):
            where = SourceLocation(str(path), inner.start_mark.line + 1, inner.start_mark.column + 1)
            yield Problem("HELM022", f"{name} is not {wanted}", where, f"see {SCHEMA} beside it")


def _own_values(context: Context) -> Iterator[tuple[Path, yaml.MappingNode, dict[str, Any]]]:
    """Yield the values files below deploy/helm that no target rendered, with the schema beside them."""
    for path in context.tree.below(context.root / "deploy" / "helm"):
        text = context.tree.text(path) if path.name.startswith("values.") and path.suffix == ".yaml" else None
        schema = context.tree.text(path.with_name(SCHEMA))
        if text is None or schema is None or mark_of(text):
            continue
        try:
            node, known = yaml.compose(text, Loader=yaml.SafeLoader), json.loads(schema)
        except (yaml.YAMLError, ValueError):
            continue  # what is not YAML or no JSON is told by the rules of files
        if isinstance(node, yaml.MappingNode) and isinstance(known, dict):
            yield path, node, known


def _walk(name: str, node: yaml.Node, schema: dict[str, Any]) -> Iterator[Found]:
    """Yield the keys that no schema has, by their paths."""
    known = schema.get("properties")
    if not isinstance(node, yaml.MappingNode) or not isinstance(known, dict):
        return
    for key, inner in node.value:
        path = f"{name}.{key.value}".lstrip(".")
        if key.value not in known:
            yield path, key, schema
        else:
            yield from _walk(path, inner, known[key.value])


RULES = (
    values_are_settings_of_the_chart,
    images_are_named_by_digest,
    values_are_of_the_chart_s_types,
    *chart.RULES,
    *supply.RULES,
)
