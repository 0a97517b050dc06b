"""Merged configuration: the values of a settings file, made from its facts; one file's may be merged over another's.

Laid over as Compose does it (compose-spec, 13-merge): mappings merge, lists append, but for the words of a command;
`!reset` clears and `!override` replaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from stead.check.context import Context
from stead.check.facts import At
from stead.check.facts.config_values import LIST, MAP, OTHER_LIST, OTHER_MAP, PART, RESET, SCALAR
from stead.model import SourceLocation

WORDS = frozenset({"command", "entrypoint", "test"})  # lists that are replaced
PAIRS = frozenset({"environment", "depends_on", "networks", "labels", "args"})  # lists that are mappings, written short


class MergedConfig:
    """A value: its text, and where it is; for a mapping its key. Members are by name, a list's by number."""

    __slots__ = ("at", "file", "instead", "kind", "members", "text")

    def __init__(self, file: Path, at: At, kind: str = MAP) -> None:
        self.file = file
        self.at = at
        self.text = at.text
        self.instead = kind in (OTHER_MAP, OTHER_LIST, RESET)
        self.kind = {OTHER_MAP: MAP, OTHER_LIST: LIST}.get(kind, kind)
        self.members: dict[str, MergedConfig] = {}

    @property
    def place(self) -> SourceLocation:
        return SourceLocation(str(self.file), self.at.line, self.at.column)

    def get(self, *path: str) -> MergedConfig | None:
        """Return what is at a path; None where nothing does."""
        found: MergedConfig | None = self
        for name in path:
            found = found.members.get(name) if found is not None else None
        return found

    def text_at(self, *path: str) -> str:
        """Return the text at a path; empty when there is none."""
        found = self.get(*path)
        return found.text if found is not None else ""

    def each(self, *path: str) -> Iterator[tuple[str, MergedConfig]]:
        """Yield the members of a mapping or a list, a list's by their text; a single text is a list of one."""
        found = self.get(*path)
        if found is not None and found.kind == SCALAR and found.text:
            yield found.text, found
        for name, member in found.members.items() if found is not None else ():
            yield (member.text if found is not None and found.kind == LIST and member.text else name), member

    def words(self, *path: str) -> list[str]:
        """Return the texts of a list; a single text is a list of one."""
        found = self.get(*path)
        if found is None:
            return []
        return [member.text for member in found.members.values()] if found.kind == LIST else [found.text]

    def is_on(self, *path: str) -> bool:
        """Return whether a value is yes, as YAML and environment variables write it."""
        return self.text_at(*path).lower() in ("true", "yes", "on", "1")


def documents(context: Context) -> dict[Path, MergedConfig]:
    """Return the values of every settings file that was read, by file."""
    found: dict[Path, list[At]] = {}
    for file, at in context.each("values"):
        if PART in at.more:
            found.setdefault(file, []).append(at)
    return {file: tree(file, facts) for file, facts in found.items()}


def tree(file: Path, facts: Iterable[At]) -> MergedConfig:
    """Put a file's values together; of several documents in one file, the last one that says something counts."""
    root = MergedConfig(file, At("", 1, 1))
    known = {"": root}
    for at in facts:
        path = at.more[1:]
        parent, _, name = path.rpartition(PART)
        above = known.get(parent)
        if above is not None:
            above.members[name] = known[path] = MergedConfig(file, at, at.more[0])
    _expand_lists(root)
    return root


def _expand_lists(config: MergedConfig) -> None:
    """Make mappings of the lists that stand for one: `- NAME=value`, `- postgres`."""
    for name, member in config.members.items():
        if member.kind == LIST and name in PAIRS:
            pairs = {}
            for item in member.members.values():
                key, _, text = item.text.partition("=")
                pairs[key] = MergedConfig(item.file, At(text, item.at.line, item.at.column), "=")
            member.kind, member.members = MAP, pairs
        _expand_lists(member)


def over(below: MergedConfig, above: MergedConfig, name: str = "") -> MergedConfig:
    """Lay one value over another; a mapping keeps the place where it was first named."""
    if above.instead or above.kind != below.kind or above.kind not in (MAP, LIST) or name in WORDS:
        return above
    found = MergedConfig(below.file, below.at, below.kind)
    if below.kind == LIST:
        found.members = {str(number): item for number, item in enumerate((*_items(below), *_items(above)))}
        return found
    found.members = dict(below.members)
    for key, member in above.members.items():
        earlier = found.members.get(key)
        found.members[key] = member if earlier is None else over(earlier, member, key)
        if member.kind == RESET:
            del found.members[key]
    return found


def _items(config: MergedConfig) -> Iterator[MergedConfig]:
    yield from config.members.values()
