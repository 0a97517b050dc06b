"""Selectors: which Pods a set of labels means; of many Pods found by an index, not one by one."""

from collections.abc import Iterable

from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import entries, find, items, text_of, texts
from stead.check.kubernetes.workload import Workload


def match_labels(selector: Node | None) -> dict[str, str]:
    """Return the labels that a selector asks for."""
    return {name: value.text or "" for name, value in entries(find(selector, "matchLabels")).items()}


def matches(selector: Node | None, labels: dict[str, str]) -> bool:
    """Return whether a selector with `matchLabels` and `matchExpressions` means an object; None means none."""
    if selector is None:
        return False
    asked = match_labels(selector)
    return asked.items() <= labels.items() and all(_holds(each, labels) for each in items(selector, "matchExpressions"))


def _holds(expression: Node, labels: dict[str, str]) -> bool:
    key, values = text_of(expression, "key"), texts(expression, "values")
    match text_of(expression, "operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return True


class Index:
    """Workloads by the labels of their Pods."""

    def __init__(self, workloads: Iterable[Workload]) -> None:
        self._all = list(workloads)
        self._by_label: dict[tuple[str, str], list[Workload]] = {}
        for each in self._all:
            for label in each.labels.items():
                self._by_label.setdefault(label, []).append(each)

    def selected(self, selector: Node | None) -> list[Workload]:
        """Return the workloads whose Pods a selector means."""
        return [each for each in self._narrowed(match_labels(selector)) if matches(selector, each.labels)]

    def with_labels(self, labels: dict[str, str]) -> list[Workload]:
        """Return the workloads whose Pods have all of these labels."""
        return [each for each in self._narrowed(labels) if labels.items() <= each.labels.items()]

    def _narrowed(self, labels: dict[str, str]) -> list[Workload]:
        """Return the workloads with the rarest of the labels."""
        return min((self._by_label.get(label, []) for label in labels.items()), key=len, default=self._all)
