"""The combinations of a job's matrix, with their values."""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from stead.model import SteadError
from stead.ops.ci.expression import as_text


def combinations(job: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the combinations; one without values for a job without a matrix, or with one that only a run computes."""
    strategy = job.get("strategy") if isinstance(job, Mapping) else None
    matrix = strategy.get("matrix") if isinstance(strategy, Mapping) else None
    if not isinstance(matrix, Mapping):
        return [{}]
    lists = {name: values for name, values in matrix.items() if isinstance(values, list)}
    include, exclude = lists.pop("include", []), lists.pop("exclude", [])
    crossed = [dict(zip(lists, values, strict=True)) for values in product(*lists.values())] if lists else []
    left = [combination for combination in crossed if not any(each.items() <= combination.items() for each in exclude)]
    return [*left, *(dict(each) for each in include)] or [{}]


def chosen(found: Iterable[Mapping[str, Any]], choice: str) -> list[Mapping[str, Any]]:
    """Return the combinations that have a value, `image=orders`; SteadError when none has."""
    every = list(found)
    if not choice:
        return every
    name, _, value = choice.partition("=")
    matching = [combination for combination in every if name in combination and as_text(combination[name]) == value]
    if not matching:
        known = ", ".join(
            f"{name}={value}" for combination in every for name, value in combination.items() if name == "image"
        )
        raise SteadError(
            f"no combination of the matrix has {choice}" + (f"; it has {known}" if known else ": it has no image")
        )
    return matching


def title(combination: Mapping[str, Any]) -> str:
    """Return the name of a combination: its first value."""
    return str(next(iter(combination.values()), ""))
