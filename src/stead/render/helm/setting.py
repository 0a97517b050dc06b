"""The settings of a chart: a path in its values, the value in each environment, and the permitted values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Schema = Mapping[str, Any]
TYPES: Mapping[type, str] = {
    bool: "boolean", int: "integer", float: "number", str: "string", dict: "object", list: "array",
    type(None): "null",
}  # fmt: skip


@dataclass(frozen=True)
class ChartSetting:
    """One setting.

    path      where it is in the values
    given     what each environment gives, by environment
    help      one sentence for who changes it
    schema    what may be there
    own       an environment's own, so that none is a default for the others: a namespace, a digest
    optional  whether an environment may leave it out
    """

    path: tuple[str, ...]
    given: Mapping[str, Any]
    help: str
    schema: Schema
    own: bool = False
    optional: bool = False

    @property
    def shared(self) -> bool:
        """Whether all environments that give it give the same: it is the chart's default then."""
        values = list(self.given.values())
        return not self.own and not self.optional and all(value == values[0] for value in values)


@dataclass
class ChartSettings:
    """All settings of a chart, by path."""

    environments: tuple[str, ...]
    found: dict[tuple[str, ...], ChartSetting] = field(default_factory=dict)

    def add(self, setting: ChartSetting) -> tuple[str, ...]:
        """Add a setting and return its path; a name that has other values already gets a number."""
        number, candidate = 1, setting
        while self.found.setdefault(candidate.path, candidate) != candidate:
            number += 1
            candidate = replace(setting, path=(*setting.path[:-1], f"{setting.path[-1]}{number}"))
        return candidate.path

    def required(self, setting: ChartSetting) -> bool:
        """Return whether a setting must be given: what only switched-off objects use may be missing."""
        return not setting.optional and setting.given.keys() == set(self.environments)

    def __iter__(self) -> Iterator[ChartSetting]:
        return iter(sorted(self.found.values(), key=lambda each: each.path))

    def defaults(self) -> dict[str, Any]:
        """Return `values.yaml`: the common values, and null for optional ones."""
        tree: dict[str, Any] = {}
        for each in self:
            if each.shared:
                _put(tree, each.path, next(iter(each.given.values())))
            elif each.optional:
                _put(tree, each.path, None)
        return tree

    def of(self, environment: str) -> dict[str, Any]:
        """Return an environment's values that differ from the defaults."""
        tree: dict[str, Any] = {}
        for each in self:
            if not each.shared and each.given.get(environment) is not None:
                _put(tree, each.path, each.given[environment])
        return tree

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values: no key beside these, and each with its help."""
        root: dict[str, Any] = _object()
        for each in self:
            at = root
            for key in each.path[:-1]:
                if self.required(each) and key not in at["required"]:
                    at["required"].append(key)
                at = at["properties"].setdefault(key, _object())
            at["properties"][each.path[-1]] = {"description": each.help} | dict(each.schema)
            if self.required(each):
                at["required"].append(each.path[-1])
        return {"$schema": "http://json-schema.org/draft-07/schema#"} | root


def _object() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": [], "properties": {}}


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value


def schema_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be where these values stand: the types that they have."""
    kinds = sorted({TYPES[type(value)] for value in values.values()})
    return {"type": kinds[0] if len(kinds) == 1 else kinds}
