"""The sealed files of a backend as a check sees them: without a key, so names, recipients and dates, and no value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from stead.check.context import Context
from stead.model import Environment, SourceLocation

FOLDER, RULES = ("deploy", "sops"), ".sops.yaml"
METADATA, SUFFIX, CHANGED = "sops", "_unencrypted", "changed_unencrypted"
PARTIAL = frozenset({"encrypted_regex", "encrypted_suffix", "unencrypted_regex"})
SEALED = re.compile(r"ENC\[AES256_GCM,data:[^,]*,iv:[^,]+,tag:[^,]+,type:[a-z]+\]")


QUICK = re.compile(r"\^?(?:\\[^\w\s]|[^\\\[\](){}*+?|^$]|\[\^?[\w./-]{1,40}\]|(?<=[^*+?^])[*+?])*\$?")
REPEATED, MOST_REPEATED = re.compile(r"[*+?]"), 4


@dataclass(frozen=True)
class Entry:
    """One name of a file; whether its value is sealed, where it is, and its sealed text where it is one."""

    name: str
    sealed: bool
    where: SourceLocation
    text: str = ""
    empty: bool = False


@dataclass(frozen=True)
class SealedFile:
    """One environment's file; `recipients` is None where it was never sealed."""

    path: Path
    environment: Environment
    entries: tuple[Entry, ...] = ()
    recipients: tuple[str, ...] | None = None
    changed: dict[str, str] = field(default_factory=dict)
    data_key: str = ""

    @property
    def where(self) -> SourceLocation:
        return SourceLocation(str(self.path), 1, 1)


def sealed_files(context: Context) -> tuple[SealedFile, ...]:
    """Return the files of the environments that the description has; what is not YAML is left to other rules."""
    return context.once(_files)


def _files(context: Context) -> tuple[SealedFile, ...]:
    found = []
    for environment in context.backend.environments if context.backend else ():
        path = context.root.joinpath(*FOLDER, f"{environment.name}.yaml")
        node = composed(context, path)
        if node is not None:
            found.append(_file(path, environment, node))
    return tuple(found)


def composed(context: Context, path: Path) -> yaml.MappingNode | None:
    """Return a file's mapping, with the lines of its nodes; aliases are not followed."""
    text = context.tree.text(path) if path in context.tree.known else None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader) if text else None
    except yaml.YAMLError:
        return None
    return node if isinstance(node, yaml.MappingNode) else None


def _file(path: Path, environment: Environment, node: yaml.MappingNode) -> SealedFile:
    parts = dict(pairs(node))
    metadata = parts.get(METADATA)
    own = {name: inner for name, inner in parts.items() if name != METADATA and not name.endswith(SUFFIX)}
    dates = parts.get(CHANGED)
    return SealedFile(
        path,
        environment,
        tuple(_entry(path, name, inner) for name, inner in own.items()),
        tuple(_age(metadata, "recipient")) if isinstance(metadata, yaml.MappingNode) else None,
        {name: str(each.value) for name, each in pairs(dates)} if isinstance(dates, yaml.MappingNode) else {},
        next(_age(metadata, "enc"), "") if isinstance(metadata, yaml.MappingNode) else "",
    )


def pairs(node: yaml.MappingNode) -> Iterator[tuple[str, Any]]:
    """Yield the keys of a mapping that are texts, and their nodes."""
    yield from ((key.value, inner) for key, inner in node.value if isinstance(key, yaml.ScalarNode))


def _entry(path: Path, name: str, node: yaml.Node) -> Entry:
    where = SourceLocation(str(path), node.start_mark.line + 1, 1)
    values = list(_scalars(node))
    text = "".join(value for value in values if SEALED.fullmatch(value))
    return Entry(name, all(_is_sealed(value) for value in values), where, text, not any(values))


def _scalars(node: yaml.Node) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield node.value
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _scalars(each)
    elif isinstance(node, yaml.MappingNode):
        for name, inner in pairs(node):
            yield from () if name.endswith(SUFFIX) else _scalars(inner)


def _is_sealed(value: str) -> bool:
    return value == "" or SEALED.fullmatch(value) is not None


def _age(metadata: yaml.MappingNode, name: str) -> Iterator[str]:
    """Yield what each recipient's part says: who it is, or the data key that is sealed to them."""
    age = dict(pairs(metadata)).get("age")
    for each in age.value if isinstance(age, yaml.SequenceNode) else ():
        found = dict(pairs(each)).get(name) if isinstance(each, yaml.MappingNode) else None
        if isinstance(found, yaml.ScalarNode):
            yield found.value


def recipients_of(context: Context, path: Path) -> tuple[str, ...] | None:
    """Return to whom `.sops.yaml` seals a file; None where no rule is for it, () where that cannot be told."""
    for parts in _rules_of(context, path):
        age = parts.get("age")
        named = age.value.split(",") if isinstance(age, yaml.ScalarNode) else ()
        if isinstance(age, yaml.SequenceNode):
            named = [each.value for each in age.value if isinstance(each, yaml.ScalarNode)]
        return tuple(sorted(filter(None, (each.strip() for each in named))))
    return None


def partial_sealing(context: Context, path: Path) -> Iterator[tuple[str, SourceLocation]]:
    """Yield each word of a file's rule by which some values stay in the clear, with its place."""
    for parts in _rules_of(context, path):
        for name in PARTIAL & parts.keys():
            yield name, SourceLocation(str(context.root / RULES), parts[name].start_mark.line + 1, 1)
        return


def _rules_of(context: Context, path: Path) -> Iterator[dict[str, Any]]:
    """Yield the parts of each rule that is for a file; `sops` takes the first."""
    node = composed(context, context.root / RULES)
    rules = dict(pairs(node)).get("creation_rules") if node else None
    own = path.relative_to(context.root).as_posix()
    for rule in rules.value if isinstance(rules, yaml.SequenceNode) else ():
        parts = dict(pairs(rule)) if isinstance(rule, yaml.MappingNode) else {}
        pattern = parts.get("path_regex")
        text = pattern.value if isinstance(pattern, yaml.ScalarNode) else ""
        if not _is_quick(text):
            yield {}  # what it is for is not known, and neither is what a later rule would be for
        elif re.search(text, own):
            yield parts


def _is_quick(pattern: str) -> bool:
    """Return whether an expression of a stranger is sure to end soon: without groups, and with few repetitions."""
    found = QUICK.fullmatch(pattern)
    return found is not None and len(REPEATED.findall(re.sub(r"\\.", "", pattern))) <= MOST_REPEATED
