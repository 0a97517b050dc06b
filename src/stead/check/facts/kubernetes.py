"""What a Kubernetes manifest says: images, and secrets exposed in the environment or in a Secret."""

from collections.abc import Iterator

from stead.check.facts import At, Facts
from stead.check.facts.leak import laptop_password
from stead.check.facts.node import DEEPEST, Node
from stead.check.facts.value import guarded, is_secret_name, literal_of

CONTAINERS = frozenset({"containers", "initContainers", "ephemeralContainers"})


def add_facts(root: Node, facts: Facts) -> None:
    """Add what a manifest says."""
    if root.text_at("kind") == "Secret" and root.get("sops") is None:
        _secret(root, facts)
    if root.text_at("kind") == "ConfigMap":
        _config_map(root, facts)
    for container in _containers(root):
        image = container.get("image")
        if image is not None and image.text:
            facts.images.append(At(image.text, image.line, image.column, "image"))
        variables = container.get("env")
        for each in variables.items or () if variables else ():
            name, value = each.text_at("name"), each.get("value")
            if value is not None and literal_of(value.text or "", placeholders=True):
                at = At(name, value.line, value.column, guarded("environment", value.text or ""))
                facts.literals.append(at)
                facts.secrets += [at] if is_secret_name(name) else []
                password = "" if is_secret_name(name) else laptop_password(value.text or "")
                if password:
                    facts.secrets.append(At(name, value.line, value.column, guarded("environment", password)))


def _secret(root: Node, facts: Facts) -> None:
    for section in ("data", "stringData"):
        data = root.get(section)
        for key, value in data.entries() if data else ():
            if value.text and literal_of(value.text):
                facts.secrets.append(At(key.text or "", key.line, key.column, "manifest"))


def _config_map(root: Node, facts: Facts) -> None:
    """Add the names that a ConfigMap gives a value to, one a key."""
    for key, value in data.entries() if (data := root.get("data")) else ():
        if value.text and literal_of(value.text, placeholders=True):
            facts.literals.append(At(key.text or "", key.line, key.column, "environment"))


def _containers(root: Node, depth: int = 0) -> Iterator[Node]:
    """Yield containers, wherever a manifest has them: in a Pod, a template of one, or a list of objects."""
    if depth > min(DEEPEST, 12):
        return
    for key, value in root.pairs or ():
        if key.text in CONTAINERS:
            yield from (each for each in value.items or () if each.pairs)
        elif value.pairs or value.items:
            yield from _containers(value, depth + 1)
    for item in root.items or ():
        if item.pairs:
            yield from _containers(item, depth + 1)
