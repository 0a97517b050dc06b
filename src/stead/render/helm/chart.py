"""The chart: its metadata, its templates, its settings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stead.render.helm.context import objects
from stead.render.helm.merge import Merge
from stead.render.helm.naming import Place, SettingName, camel, enabled
from stead.render.helm.node import Image, MappingNode, Node, Reference, Symbol, Symbolic, Template
from stead.render.helm.setting import ChartSetting, ChartSettings
from stead.render.helm.symbols import value_of
from stead.render.kubernetes.context import ClusterContext
from stead.render.kubernetes.shared import SECURITY_VERSION

LABEL = "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
VERSION = "^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$"
SHARED = {
    "environment": ("The environment's name, which /health reports.", LABEL),
    "host": ("The external host name of the gateway.", "^[a-z0-9.*-]{1,253}$"),
    "namespace": ("The namespace in which the backend runs.", LABEL),
    "version": ("The deployed version: a commit or a release, which /health reports.", VERSION),
}
ASCENDING = {"HorizontalPodAutoscaler": ((("spec", "minReplicas"), ("spec", "maxReplicas")),)}
DIGEST = "^sha256:[0-9a-f]{64}$"


@dataclass(frozen=True, kw_only=True)
class Chart:
    """`Chart.yaml`. Set the version when you publish a chart: `helm package --version … --app-version …`."""

    name: str
    description: str
    version: str = "0.1.0"
    kube_version: str = f">={SECURITY_VERSION.removeprefix('v')}.0-0"

    @property
    def tree(self) -> dict[str, Any]:
        return {
            "apiVersion": "v2",
            "name": self.name,
            "description": self.description,
            "type": "application",
            "version": self.version,
            "kubeVersion": self.kube_version,
        }


Trees = Mapping[str, Mapping[str, Any]]


def templates(contexts: Mapping[str, ClusterContext]) -> tuple[list[Template], ChartSettings]:
    """Return the templates of a chart, sorted by path, and its settings."""
    found = {name: objects(context) for name, context in contexts.items()}
    merge = Merge(contexts, ChartSettings(tuple(contexts)))
    paths = sorted({path for trees in found.values() for path in trees})
    made = [_template(merge, found, path) for path in paths]
    for setting in _shared(contexts, found):
        merge.settings.add(setting)
    return made, merge.settings


def _template(merge: Merge, found: Mapping[str, Trees], path: str) -> Template:
    trees = {name: each[path] for name, each in found.items() if path in each}
    folder, _, file = path.rpartition("/")
    kind = next(iter(trees.values()))["kind"]
    place = Place(folder, kind, file.removesuffix(".yaml").rpartition(".")[0])
    switch = None
    if len(trees) < len(found):
        switch = _switch(merge, place, found, trees)
    node = merge.node(place, trees)
    return Template(path, node, switch, tuple(_ascending(kind, node)))


def _ascending(kind: str, node: Node) -> Iterator[tuple[Reference, Reference]]:
    """Yield the pairs of settings of an object that have an order."""
    for low, high in ASCENDING.get(kind, ()):
        pair = (_field(node, low), _field(node, high))
        if isinstance(pair[0], Reference) and isinstance(pair[1], Reference):
            yield pair[0], pair[1]


def _field(node: Node, path: tuple[str, ...]) -> Node:
    """Return the node of a field; None where the object has none."""
    for key in path:
        entries = node.entries if isinstance(node, MappingNode) else ()
        node = next((each.node for each in entries if each.key == key), None)
    return node


def _switch(merge: Merge, place: Place, found: Mapping[str, Trees], trees: Trees) -> Reference:
    """Return the switch of an object that some environments do not have: its own, or its folder's."""
    there = {name for name, each in found.items() if any(path.startswith(f"{place.folder}/") for path in each)}
    name: SettingName = enabled(place, alone=there != trees.keys())
    given = {environment: environment in trees for environment in found}
    assert name.schema is not None
    return Reference(merge.settings.add(ChartSetting(name.path, given, name.help, name.schema)))


def _shared(contexts: Mapping[str, ClusterContext], found: Mapping[str, Trees]) -> Iterator[ChartSetting]:
    """Yield the settings that stand in many objects: those of which a symbol is somewhere."""
    used = {part for trees in found.values() for tree in trees.values() for part in _symbols(tree)}
    for name, (about, pattern) in SHARED.items():
        if Symbol(name) in used or (name == "version" and Symbol("versionLabel") in used):  # type: ignore[arg-type]
            yield _own(contexts, (name,), Symbol(name), about, pattern)  # type: ignore[arg-type]
    for image in sorted((part for part in used if isinstance(part, Image)), key=lambda each: each.name):
        about = f"The digest of the image {image.name}."
        yield _own(contexts, ("images", camel(image.name)), image, about, DIGEST)


def _own(
    contexts: Mapping[str, ClusterContext], path: tuple[str, ...], symbol: Symbol | Image, about: str, pattern: str
) -> ChartSetting:
    given = {name: value for name, context in contexts.items() if (value := value_of(context, symbol))}
    schema = {"type": "string", "pattern": pattern}
    optional = len(given) < len(contexts)
    if optional:
        schema["type"] = ["string", "null"]  # type: ignore[assignment]
    return ChartSetting(path, given, about, schema, own=True, optional=optional)


def _symbols(tree: Node | Any) -> Iterator[Symbol | Image]:
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list):
        for each in tree:
            yield from _symbols(each)
    elif isinstance(tree, Symbolic):
        yield from (part for part in tree.parts if not isinstance(part, str))
