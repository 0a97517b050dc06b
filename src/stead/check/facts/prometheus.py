"""What Prometheus refuses of a file of rules. It loads such a file as a whole or not at all, with all its alerts."""

import re
from collections.abc import Iterator

from stead.check.facts import At, Facts, promql
from stead.check.facts.node import Node

DURATION = re.compile(r"0|(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?")
RECORDED = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
RULE = frozenset({"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"})
GROUP = frozenset({"name", "interval", "query_offset", "limit", "labels", "rules"})
GROUP |= {"partial_response_strategy", "source_tenants", "evaluation_delay", "align_evaluation_time_on_interval"}
# Groups of Grafana and of VictoriaMetrics have the same form, and other keys: they are loaded by another program.
STRANGE = frozenset({"orgId", "folder", "type", "concurrency", "eval_offset", "eval_delay", "eval_alignment", "params"})
STRANGE |= {"headers", "notifier_headers", "debug", "tenant", "update_entries_limit"}
STRANGE_RULE = frozenset({"uid", "title", "condition", "data", "debug", "update_entries_limit"})
PLACEHOLDER = ("{{", "${", "$(")  # where a generator fills in a name or a duration


def add_facts(root: Node, facts: Facts) -> None:
    """Add what is wrong with the groups of a rule file, or of a PrometheusRule of Kubernetes."""
    resource = root.text_at("kind") == "PrometheusRule"
    above = root.get("spec") if resource else None if root.get("apiVersion") else root
    groups = [group for group in _items(above, "groups") if not _is_strange(group)]
    known: set[str] = set()
    for group in groups:
        facts.unloaded += _group(group, known)
        for rule in _items(group, "rules"):
            facts.unloaded += _rule(rule)


def _items(node: Node | None, name: str) -> list[Node]:
    below = node.get(name) if node is not None else None
    return [item for item in below.items or () if item.pairs] if below is not None else []


def _keys(node: Node) -> dict[str, Node]:
    return {key.text: key for key, _ in node.entries() if key.text is not None}


def _is_strange(group: Node) -> bool:
    rules = _items(group, "rules")
    return not rules or bool(STRANGE & _keys(group).keys()) or any(STRANGE_RULE & _keys(rule).keys() for rule in rules)


def _group(group: Node, known: set[str]) -> Iterator[At]:
    name = group.text_at("name")
    if not name:
        yield At("this group has no name", group.line, group.column)
    elif name in known:
        yield _at(group, "name", f"a group {name} is above already")
    known.add(name)
    yield from _unknown(group, GROUP, "a group")
    yield from _durations(group, ("interval", "query_offset"))


def _rule(rule: Node) -> Iterator[At]:
    """Yield what is wrong with one rule."""
    record, alert = rule.text_at("record"), rule.text_at("alert")
    if bool(record) == bool(alert):
        words = "both `record` and `alert`" if record else "neither `alert` nor `record`"
        yield At(f"this rule has {words}", rule.line, rule.column)
    if record and not RECORDED.fullmatch(record) and not _is_filled(record):
        yield _at(rule, "record", f"{record} is no name of a metric")
    if record and not alert:
        for key in ("for", "keep_firing_for", "annotations"):
            if rule.get(key) is not None:
                yield _at(rule, key, f"a rule that records has no `{key}`")
    yield from _unknown(rule, RULE, "a rule")
    yield from _durations(rule, ("for", "keep_firing_for"))
    yield from _expression(rule)
    for name, value in ((key.text, value) for part in ("labels", "annotations") for key, value in _pairs(rule, part)):
        text = value.text or ""
        if text.count("{{") != text.count("}}"):
            yield At(f"the template of {name} has an unclosed {{{{ }}}}", value.line, value.column)


def _expression(rule: Node) -> Iterator[At]:
    expression = rule.get("expr")
    if expression is None or not (expression.text or "").strip():
        yield _at(rule, "expr", "this rule has no expression")
    elif wrong := promql.fault(expression.text or ""):
        yield _at(rule, "expr", f"the expression is no PromQL: {wrong}")


def _durations(node: Node, names: tuple[str, ...]) -> Iterator[At]:
    for name in names:
        text = node.text_at(name)
        if text and not DURATION.fullmatch(text) and not _is_filled(text):
            yield _at(node, name, f"{name}: {text} is no duration, such as 5m or 1h30m")


def _unknown(node: Node, known: frozenset[str], kind: str) -> Iterator[At]:
    for text, key in _keys(node).items():
        if text not in known and not _is_filled(text):
            yield At(f"{kind} has no key {text}", key.line, key.column)


def _pairs(node: Node, name: str) -> list[tuple[Node, Node]]:
    below = node.get(name)
    return list(below.entries()) if below is not None else []


def _is_filled(text: str) -> bool:
    return any(mark in text for mark in PLACEHOLDER)


def _at(node: Node, name: str, message: str) -> At:
    """Return a fault at the value of a key; at the key where the value begins on a later line, or is missing."""
    value = node.get(name)
    place = node.key(name) if value is None or value.block else value
    return At(message, place.line, place.column)
