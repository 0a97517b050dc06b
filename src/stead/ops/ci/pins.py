"""The table of pins: listed with its age, and renewed from the repositories of the actions.

A newer version is the highest tag `vX.Y.Z` that git tells of, with the commit that it means. Images and tools are
listed and left: what their registries say is not git's, and a person compares their checksums.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stead.model import SteadError
from stead.model.git import run_as_user
from stead.render.pins import DATE, Action, Image, Pin, age, pins

GITHUB = "https://github.com"
SECONDS = 30
TAG = re.compile(r"v(\d+)\.(\d+)\.(\d+)")
REFERENCE = re.compile(r"^([0-9a-f]{40})\trefs/tags/(\S+?)(\^\{\})?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Renewal:
    """An action that has a newer version, or whose tag means another commit than the table says."""

    action: Action
    version: str
    commit: str

    @property
    def moved(self) -> bool:
        """Whether the tag of the table was moved, which nobody should do."""
        return self.version == self.action.version


def rows(today: date) -> Iterator[tuple[str, str, str, str]]:
    """Yield each pin: its kind, its name, its version, and what it is held by."""
    for pin in pins():
        yield _row(pin)
    yield "table", "looked up", DATE.isoformat(), f"{age(today)} days ago"


def _row(pin: Pin) -> tuple[str, str, str, str]:
    if isinstance(pin, Action):
        return "action", pin.name, pin.version, pin.commit
    if isinstance(pin, Image):
        return "image", pin.name, pin.tag, pin.digest
    return "tool", pin.name, pin.version, pin.sha256 or "by its version"


def renewals(source: str = GITHUB) -> Iterator[Renewal]:
    """Yield what is newer at a source of repositories, each asked once. SteadError when one cannot be asked."""
    known: dict[str, dict[str, str]] = {}
    for pin in pins():
        if isinstance(pin, Action):
            if pin.repository not in known:
                known[pin.repository] = _tags(f"{source}/{pin.repository}")
            yield from _newer(pin, known[pin.repository])


def _newer(action: Action, tags: dict[str, str]) -> Iterator[Renewal]:
    versions = sorted((tuple(map(int, found.groups())), tag) for tag in tags if (found := TAG.fullmatch(tag)))
    if tags.get(action.version, action.commit) != action.commit:
        yield Renewal(action, action.version, tags[action.version])
    elif versions and versions[-1][1] != action.version:
        yield Renewal(action, versions[-1][1], tags[versions[-1][1]])


def _tags(repository: str) -> dict[str, str]:
    """Ask git for the tags of a repository: of an annotated one, the commit that it means."""
    words = ("-c", "credential.helper=", "ls-remote", "--tags", repository)
    environ = os.environ | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
    try:
        done = run_as_user(Path(), *words, environ=environ, seconds=SECONDS)
    except FileNotFoundError:
        raise SteadError("git is not installed: pins are renewed from what it tells of the actions' tags") from None
    except subprocess.TimeoutExpired:
        raise SteadError(
            f"{repository} gave no answer in {SECONDS} seconds: renew where the network is there"
        ) from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise SteadError(f"{repository} cannot be asked for its tags: {said}")
    plain: dict[str, str] = {}
    peeled: dict[str, str] = {}
    for commit, tag, dereferenced in REFERENCE.findall(done.stdout):
        (peeled if dereferenced else plain)[tag] = commit
    return plain | peeled


def renewed(text: str, found: list[Renewal], today: date) -> str:
    """Return the text of the table with what is newer, and its new date."""
    for each in found:
        old = f'Action("{each.action.name}", "{each.action.commit}", "{each.action.version}")'
        new = f'Action("{each.action.name}", "{each.commit}", "{each.version}")'
        if text.count(old) != 1:
            raise SteadError(f"the table does not hold {old} once: change it by hand")
        text = text.replace(old, new)
    return re.sub(
        r"^DATE = date\(.*\)$", f"DATE = date({today.year}, {today.month}, {today.day})", text, flags=re.MULTILINE
    )
