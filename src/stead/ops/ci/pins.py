"""The table of pins: list it with its age, and renew it from the public sources.

A newer action or tool is the highest tag `vX.Y.Z` of its git repository, with its commit; for a tool that a job
verifies itself, the release has a file with the checksum. An image's tags and digests are its registry's.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from stead.model import SteadError
from stead.model.git import run_as_user
from stead.ops.ci.pin_sources import Sources
from stead.render.pins import DATE, Action, Image, Pin, Tool, age, pins

SECONDS = 30
TAG = re.compile(r"(v?)(\d+)\.(\d+)\.(\d+)")
REFERENCE = re.compile(r"^([0-9a-f]{40})\trefs/tags/(\S+?)(\^\{\})?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A pin and its new value."""

    pin: Pin
    new: Pin

    @property
    def is_moved(self) -> bool:
        """Whether the tag of an action points to another commit than in the table: a warning sign."""
        return isinstance(self.pin, Action) and isinstance(self.new, Action) and self.pin.version == self.new.version

    def __str__(self) -> str:
        _, name, version, _ = _row(self.pin)
        _, _, new, by = _row(self.new)
        return f"{name} {version} {'MOVED to' if self.is_moved else 'has'} {new} {by}"


def rows(today: date) -> Iterator[tuple[str, str, str, str]]:
    """Yield each pin: its kind, its name, its version, and the commit or digest that fixes it."""
    for pin in pins():
        yield _row(pin)
    yield "table", "looked up", DATE.isoformat(), f"{age(today)} days ago"


def _row(pin: Pin) -> tuple[str, str, str, str]:
    if isinstance(pin, Action):
        return "action", pin.name, pin.version, pin.commit
    if isinstance(pin, Image):
        return "image", pin.name, pin.tag, pin.digest
    return "tool", pin.name, pin.version, pin.sha256 or "by its version"


def renewals(sources: Sources) -> Iterator[Renewal]:
    """Yield newer pins, with one request per source. SteadError when a source does not answer."""
    known: dict[str, dict[str, str]] = {}
    for pin in pins():
        if isinstance(pin, Image):
            new: Pin | None = sources.image(pin)
        else:
            if pin.repository not in known:
                known[pin.repository] = _tags(f"{sources.repositories}/{pin.repository}")
            tags = known[pin.repository]
            new = _newer_action(pin, tags) if isinstance(pin, Action) else _newer_tool(pin, tags, sources)
        if new is not None and new != pin:
            yield Renewal(pin, new)


def _newer_action(action: Action, tags: dict[str, str]) -> Action | None:
    if tags.get(action.version, action.commit) != action.commit:
        return replace(action, commit=tags[action.version])
    newest = _newest(action.version, tags)
    return replace(action, version=newest, commit=tags[newest]) if newest else None


def _newer_tool(tool: Tool, tags: dict[str, str], sources: Sources) -> Tool | None:
    newest = _newest(tool.version, tags)
    if not newest:
        return None
    sha256 = sources.checksum(tool, newest) if tool.sha256 else ""
    return replace(tool, version=newest, sha256=sha256)


def _newest(version: str, tags: dict[str, str]) -> str:
    """Return the highest version above one, in the same notation; empty when there is none."""
    own = TAG.fullmatch(version)
    found = [(tuple(map(int, each.groups()[1:])), tag) for tag in tags
             if (each := TAG.fullmatch(tag)) and own and each[1] == own[1]]  # fmt: skip
    newest, tag = max(found, default=((), ""))
    return tag if own and newest > tuple(map(int, own.groups()[1:])) else ""


def _tags(repository: str) -> dict[str, str]:
    """Return the tags of a repository with their commits, also for annotated tags."""
    words = ("-c", "credential.helper=", "ls-remote", "--tags", repository)
    environ = os.environ | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
    try:
        done = run_as_user(Path(), *words, environ=environ, seconds=SECONDS)
    except FileNotFoundError:
        raise SteadError("git is not installed: it reads the tags of the actions") from None
    except subprocess.TimeoutExpired:
        raise SteadError(
            f"{repository} did not answer within {SECONDS} seconds: renew from a machine with network access"
        ) from None
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise SteadError(f"{repository}: the tags cannot be read: {reason}")
    plain: dict[str, str] = {}
    peeled: dict[str, str] = {}
    for commit, tag, dereferenced in REFERENCE.findall(done.stdout):
        (peeled if dereferenced else plain)[tag] = commit
    return plain | peeled


def renewed(text: str, found: list[Renewal], today: date) -> str:
    """Return the text of the table with the newer pins and today's date."""
    for each in found:
        entry = re.compile(_entry(each.pin))
        if len(entry.findall(text)) != 1:
            raise SteadError(f"the table does not hold {_row(each.pin)[1]} {_row(each.pin)[2]} once: change it by hand")
        text = entry.sub(lambda at, each=each: _changed(at[0], each), text)  # type: ignore[misc]
    return re.sub(
        r"^DATE = date\(.*\)$", f"DATE = date({today.year}, {today.month}, {today.day})", text, flags=re.MULTILINE
    )


def _values(pin: Pin) -> list[str]:
    if isinstance(pin, Action):
        return [pin.name, pin.commit, pin.version]
    if isinstance(pin, Image):
        return [pin.name, pin.tag, pin.digest]
    return [pin.name, pin.version, pin.repository, *([pin.sha256] if pin.sha256 else [])]


def _entry(pin: Pin) -> str:
    """Return a pattern for the pin's entry in the table, which may span lines and begin with a comment."""
    values = r",\s*".join(f'"{re.escape(value)}"' for value in _values(pin))
    return rf"{type(pin).__name__}\((?:\s*#[^\n]*\n)?\s*{values}"


def _changed(entry: str, renewal: Renewal) -> str:
    for old, new in zip(_values(renewal.pin), _values(renewal.new), strict=True):
        entry = entry.replace(f'"{old}"', f'"{new}"')
    return entry
