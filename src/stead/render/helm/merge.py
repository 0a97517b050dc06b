"""Merge the objects of all environments to one tree each: equal parts stay, different ones become settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stead.render.helm.naming import Place, SettingName, derived, forced
from stead.render.helm.node import Entry, ListNode, MappingNode, Node, Reference, Symbolic
from stead.render.helm.setting import ChartSetting, ChartSettings, schema_of
from stead.render.helm.symbols import real
from stead.render.kubernetes.context import ClusterContext

EXACT = 2**53  # Helm reads numbers as floats: beyond this they are not exact
Trees = Mapping[str, Any]


@dataclass
class Merge:
    """The collected settings.

    contexts  every environment, by name
    settings  what was found so far
    """

    contexts: Mapping[str, ClusterContext]
    settings: ChartSettings

    def node(self, place: Place, trees: Trees) -> Node:
        """Return one node of the trees of those environments in which it is."""
        name = forced(self.contexts[next(iter(trees))], place)
        if name:
            return self._setting(name, trees)
        values = list(trees.values())
        if all(isinstance(value, dict) for value in values):
            return MappingNode(self._entries(place, trees))
        if all(isinstance(value, list) for value in values):
            return self._list(place, trees)
        first = values[0]
        if all(type(value) is type(first) and value == first for value in values):
            return first if isinstance(first, (str, int, float, Symbolic, type(None))) else self._differs(place, trees)
        return self._differs(place, trees)

    def _differs(self, place: Place, trees: Trees) -> Reference:
        return self._setting(derived(place), trees)

    def _setting(self, name: SettingName, trees: Trees, *, optional: bool = False) -> Reference:
        given = {environment: real(self.contexts[environment], tree) for environment, tree in trees.items()}
        values = _typed(given) if name.quoted else given
        schema = dict(name.schema if name.schema and (values is not given or not name.quoted) else schema_of(values))
        if optional:
            schema["type"] = [schema["type"], "null"] if isinstance(schema["type"], str) else [*schema["type"], "null"]
        path = self.settings.add(ChartSetting(name.path, values, name.help, schema, optional=optional))
        return Reference(path, "value" if values is given else "text")

    def _optional(self, place: Place, trees: Trees) -> Reference:
        """Return the setting of what some environments have and others have not."""
        name = forced(self.contexts[next(iter(trees))], place) or derived(place)
        return self._setting(name, trees, optional=True)

    def _entries(self, place: Place, trees: Trees) -> tuple[Entry, ...]:
        keys = [list(tree) for tree in trees.values()]
        order = merged_order(keys) or sorted({key for each in keys for key in each})
        return tuple(self._entry(place / key, key, trees) for key in order)

    def _entry(self, place: Place, key: str, trees: Trees) -> Entry:
        found = {environment: tree[key] for environment, tree in trees.items() if key in tree}
        if len(found) == len(trees):
            return Entry(self.node(place, found), key)
        reference = self._optional(place, found)
        return Entry(reference, key, reference)

    def _list(self, place: Place, trees: Trees) -> Node:
        """Merge a list by item: by name, by position or by value; otherwise as one setting."""
        if all(_are_named(items) for items in trees.values()):
            order = merged_order([[item["name"] for item in items] for items in trees.values()])
            if order:
                return ListNode(tuple(self._item(place, name, trees) for name in order))
        lengths = {len(items) for items in trees.values()}
        if len(lengths) > 1:
            return self._aligned(place, trees)
        items = [{name: tree[index] for name, tree in trees.items()} for index in range(lengths.pop())]
        return ListNode(tuple(Entry(self.node(place / str(index), one)) for index, one in enumerate(items)))

    def _aligned(self, place: Place, trees: Trees) -> Node:
        """Return a list of which some environments have more than others: what only some have is left out elsewhere."""
        orders = [[repr(item) for item in items] for items in trees.values()]
        order = merged_order(orders) if all(len(set(each)) == len(each) for each in orders) else None
        if not order:
            return self._differs(place, trees)
        return ListNode(tuple(self._piece(place / str(index), text, trees) for index, text in enumerate(order)))

    def _piece(self, place: Place, text: str, trees: Trees) -> Entry:
        found = {name: item for name, items in trees.items() for item in items if repr(item) == text}
        if len(found) == len(trees):
            return Entry(self.node(place, found))
        reference = self._optional(place, found)
        return Entry(reference, "", reference)

    def _item(self, place: Place, name: str, trees: Trees) -> Entry:
        found = {environment: item for environment, items in trees.items() for item in items if item["name"] == name}
        if len(found) == len(trees):
            return Entry(self.node(place / name, found))
        if place.path[-1:] == ("env",) and all(item.keys() == {"name", "value"} for item in found.values()):
            reference = self._optional(
                place / name / "value", {environment: item["value"] for environment, item in found.items()}
            )
            return Entry(MappingNode((Entry(name, "name"), Entry(reference, "value"))), "", reference)
        reference = self._optional(place / name, found)
        return Entry(reference, "", reference)


def _are_named(items: Sequence[Any]) -> bool:
    names = [item["name"] for item in items if isinstance(item, dict) and isinstance(item.get("name"), str)]
    return len(names) == len(items) == len(set(names)) > 0


def merged_order(orders: Sequence[Sequence[str]]) -> list[str] | None:
    """Return an order that is consistent with all of these; None when two contradict."""
    merged: list[str] = []
    for order in sorted(orders, key=len, reverse=True):
        at = 0
        for name in order:
            if name in merged:
                at = merged.index(name) + 1
            else:
                merged.insert(at, name)
                at += 1
    fits = all([name for name in merged if name in order] == list(order) for order in orders)
    return merged if fits else None


def _typed(given: Trees) -> Trees:
    """Return texts as numbers or booleans, if all of them convert back to the same text; otherwise the texts."""
    values = {environment: _number(value) for environment, value in given.items()}
    kinds = {type(value) for value in values.values()}
    return values if kinds in ({bool}, {int}) else given


def _number(value: Any) -> Any:
    if value in ("true", "false"):
        return value == "true"
    digits = str(value).removeprefix("-")
    exact = digits.isascii() and digits.isdecimal() and abs(int(value)) < EXACT
    return int(value) if exact and str(int(value)) == value else value
