"""Find an object's environment-specific values by rendering the same environment with markers.

An environment's name, namespace, host, version and digests are in many places of its objects: in labels, in policies,
inside of longer texts. Each environment is rendered a second time with marks, and each mark becomes a reference to the
chart's value. No template is written by hand, and equal texts are not guessed to be the same value.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from stead.render.docker.image_kind import PYTHON, built
from stead.render.helm.node import Image, Shared, Symbol, Symbolic
from stead.render.kubernetes.context import ClusterContext, label_value
from stead.render.kubernetes.release import Release

# Each is what the API takes in its place. The mark of the version has a plus, which a label has as a hyphen.
MARKS: Mapping[str, Shared] = {
    "stead-mark-environment": "environment",
    "stead-mark-namespace": "namespace",
    "stead-mark-host.invalid": "host",
    "stead-mark+version": "version",
    "stead-mark-version": "versionLabel",
}
_BY_NAME = {name: mark for mark, name in MARKS.items()}
_BEGIN, _END = "sha256:stead-mark-image-", "-end"
_PATTERN = re.compile("|".join((*map(re.escape, MARKS), f"{_BEGIN}[a-z0-9-]+?{_END}")))


@dataclass(frozen=True)
class MarkedContext(ClusterContext):
    """An environment in which nothing was released but marks."""

    @cached_property
    def release(self) -> Release:
        images = {name: f"{_BEGIN}{name}{_END}" for name in (*built(self.backend), PYTHON)}
        return Release(_BY_NAME["version"], images)


def marked(context: ClusterContext) -> MarkedContext:
    """Return the same environment with a mark in place of each of its values."""
    cluster = context.cluster
    host = _BY_NAME["host"] if cluster.host else ""
    return MarkedContext(
        context.backend,
        replace(context.environment, name=_BY_NAME["environment"]),
        replace(cluster, namespace=_BY_NAME["namespace"], host=host),
    )


def value_of(context: ClusterContext, symbol: Symbol | Image) -> str:
    """Return the value of a symbol in an environment."""
    match symbol:
        case Image(name):
            return context.release.image(context.backend, name).rpartition("@")[2]
        case Symbol("environment"):
            return context.environment.name
        case Symbol("namespace"):
            return context.cluster.namespace
        case Symbol("host"):
            return context.cluster.host
        case Symbol("version"):
            return context.release.version
    return label_value(context.release.version)


def text_of(context: ClusterContext, value: Symbolic) -> str:
    """Return a symbolic text as one environment has it."""
    return "".join(part if isinstance(part, str) else value_of(context, part) for part in value.parts)


def symbolic(context: ClusterContext, real: Any, probe: Any) -> Any:
    """Return the real tree with symbols where the marked one has marks.

    A text is symbolic only if its symbols give the real text again: an edit of the description may depend on a value,
    and then the real text stays.
    """
    if isinstance(real, dict) and isinstance(probe, dict) and real.keys() == probe.keys():
        return {key: symbolic(context, inner, probe[key]) for key, inner in real.items()}
    if isinstance(real, list) and isinstance(probe, list) and len(real) == len(probe):
        return [symbolic(context, *pair) for pair in zip(real, probe, strict=True)]
    if isinstance(real, str) and isinstance(probe, str) and real != probe:
        value = Symbolic(tuple(_parts(probe)))
        return value if text_of(context, value) == real else real
    return real


def _parts(text: str) -> Iterator[str | Symbol | Image]:
    at = 0
    for found in _PATTERN.finditer(text):
        if found.start() > at:
            yield text[at : found.start()]
        mark = found[0]
        yield Symbol(MARKS[mark]) if mark in MARKS else Image(mark.removeprefix(_BEGIN).removesuffix(_END))
        at = found.end()
    if text[at:]:
        yield text[at:]


def real(context: ClusterContext, tree: Any) -> Any:
    """Return a tree as one environment has it, without symbols."""
    return _mapped(tree, lambda value: text_of(context, value))


def _mapped(tree: Any, convert: Callable[[Symbolic], Any]) -> Any:
    if isinstance(tree, dict):
        return {key: _mapped(inner, convert) for key, inner in tree.items()}
    if isinstance(tree, list):
        return [_mapped(inner, convert) for inner in tree]
    return convert(tree) if isinstance(tree, Symbolic) else tree
