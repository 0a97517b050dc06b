"""Typed values → mappings and lists, in the API's own case: `run_as_user` is `runAsUser`, `repo_url` is `repoURL`."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from stead.render.kubernetes.core import Manifest

Tree = dict[str, Any]
INITIALS = {"repo_url": "repoURL", "from_": "from", "except_": "except", "cluster_ip": "clusterIP"}
SCALARS = frozenset({str, bool, int})
EMPTY: tuple[Any, ...] = ((), {}, [])


def plain(manifest: Manifest) -> Tree:
    """Return an object as mappings, lists and scalars: its kind, its name, then the rest in the order of the fields."""
    tree = {"apiVersion": manifest.api_version, "kind": manifest.kind}
    return tree | _mapping(manifest)


def _mapping(value: Any) -> Tree:
    found: Tree = {}
    for name, key in _keys(value.__class__):
        inner = getattr(value, name)
        if inner.__class__ in SCALARS:
            found[key] = inner
        elif inner is not None and inner not in EMPTY:
            found[key] = _plain(inner)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, (str, bool, int)):
        return value
    if is_dataclass(value):
        return _mapping(value)
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value)}
    return [_plain(inner) for inner in value]


@cache
def _keys(kind: type[Any]) -> tuple[tuple[str, str], ...]:
    """Return the fields of a type, each with its name in the API."""
    return tuple((each.name, INITIALS.get(each.name) or _camel(each.name)) for each in fields(kind))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
