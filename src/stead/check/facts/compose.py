"""What a Compose file says: images, the files it names, the environment it gives, the secrets it exposes."""

from collections.abc import Iterator

from stead.check.facts import At, Facts
from stead.check.facts.interpolation import filled
from stead.check.facts.leak import laptop_password
from stead.check.facts.node import Node
from stead.check.facts.shell import tidy
from stead.check.facts.value import guarded, is_secret_name, literal_of

SOURCES = ("./", "../", ".", "/home/", "/Users/")


def add_facts(root: Node, facts: Facts) -> None:
    """Add what a Compose file says."""
    version = next((key for key, _ in root.pairs or () if key.text == "version"), None)
    if version:
        facts.faults.append(At("version", version.line, version.column, "obsolete"))
    for section, how in (("configs", "file"), ("secrets", "secret")):
        for _, each in _entries(root.get(section)):
            _path(each.get("file"), how, facts)
    for _, service in _entries(root.get("services")):
        _service(service, facts)
    for each in included.each() if (included := root.get("include")) else ():
        for part in each.get("path").each() if each.get("path") else each.each():  # type: ignore[union-attr]
            _path(part, "file", facts)


def _service(service: Node, facts: Facts) -> None:
    image, build = service.get("image"), service.get("build")
    if image is not None and image.text and build is None:
        facts.images.append(At(image.text, image.line, image.column, "image"))
    elif image is not None and image.text:
        facts.images.append(At(image.text, image.line, image.column, "built"))
    if build is not None:
        _build(build, facts)
    for each in files.each() if (files := service.get("env_file")) else ():
        optional = each.text_at("required") == "false"
        _path(each.get("path") if each.pairs else each, "env_file optional" if optional else "env_file", facts)
    for each in volumes.items or () if (volumes := service.get("volumes")) else ():
        _volume(each, facts)
    extended = service.get("extends")
    if extended is not None and extended.pairs:
        _path(extended.get("file"), "file", facts)
    given(service.get("environment"), facts, "environment")


def _build(build: Node, facts: Facts) -> None:
    """Add the folder that an image is built from, and its Dockerfile, which lies in that folder."""
    context = build if build.text is not None else build.get("context")
    place = plain(context.text or "") if context is not None else "."
    if context is not None and place and "://" not in place and not place.startswith("git@"):
        _path(context, "context", facts)
    named = build.get("dockerfile")
    if named is not None and named.text and place is not None and "://" not in place:
        path = tidy(f"{place}/{plain(named.text)}") if plain(named.text) else ""
        if path:
            facts.paths.append(At(path, named.line, named.column, "compose dockerfile"))
    given(build.get("args"), facts, "args")


def _volume(volume: Node, facts: Facts) -> None:
    if volume.pairs:
        if volume.text_at("type") == "bind":
            _path(volume.get("source"), "volume", facts)
        return
    source = plain(volume.text or "").partition(":")[0]
    if (volume.text or "").startswith("~") or ":" not in (volume.text or ""):
        return
    if source.startswith(SOURCES):
        _add(source, volume, "volume", facts)


def _path(node: Node | None, how: str, facts: Facts) -> None:
    if node is not None and node.text:
        _add(plain(node.text), node, how, facts)


def _add(path: str, node: Node, how: str, facts: Facts) -> None:
    absolute = path.startswith("/")
    if absolute and not path.startswith(("/home/", "/Users/")):
        return
    found = path if absolute else tidy(path)
    if found:
        facts.paths.append(At(found, node.line, node.column, "compose absolute" if absolute else f"compose {how}"))


def plain(text: str) -> str:
    """Return a text with the defaults of its variables; empty when one has none."""
    whole = filled(text, lambda _name: None)
    return "" if "$" in whole else whole


def given(environment: Node | None, facts: Facts, where: str) -> None:
    """Add the names that an environment gives values to, and those whose value is a secret's."""
    for name, value, node in variables(environment):
        if where in ("environment", "args"):
            facts.sets.append(At(name, node.line, node.column, where))
        if value and literal_of(value, placeholders=True):
            kind = "ARG" if where == "args" else where
            at = At(name, node.line, node.column, guarded(kind, value))
            facts.literals.append(at)
            facts.secrets += [at] if is_secret_name(name) else _in_a_url(name, value, kind, node)


def _in_a_url(name: str, value: str, kind: str, node: Node) -> list[At]:
    """Return a variable whose URL has a password in it; `Leak` tells of those that lead out of here."""
    password = laptop_password(value)
    return [At(name, node.line, node.column, guarded(kind, password))] if password else []


def variables(environment: Node | None) -> Iterator[tuple[str, str, Node]]:
    """Yield names, values and places, from a mapping or from a list of `NAME=value`."""
    if environment is None:
        return
    for key, value in environment.entries():
        yield key.text or "", value.text or "", key
    for item in environment.items or ():
        name, _, text = (item.text or "").partition("=")
        yield name, text, item


def _entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    for key, value in node.entries() if node is not None else ():
        if value.pairs:
            yield key.text or "", value
