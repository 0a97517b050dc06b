"""Facts: what a file says, as far as any rule wants to know. They depend on the file alone, so they can be kept.

One file a kind of file reads it and yields facts; rules never read a file themselves. `kind_of` tells which reader a
file has; a file without one has no facts but its silences.
"""

from importlib import import_module
from pathlib import Path
from typing import Protocol

from msgspec import Struct

VERSION = 1  # of the shape below: raise it when a reader or a struct changes


class At(Struct, frozen=True, array_like=True):
    """Something that is said at a place: what, and where. `more` is the reader's own second word."""

    text: str
    line: int
    column: int = 0
    more: str = ""


class Facts(Struct, array_like=True):
    """What one file says.

    reads     environment variables that the code reads; `more` is `default` when the code gives one itself
    imports   Python modules that are imported
    links     what a document links to; `more` is the text of the link
    paths     files that a script, a Makefile, a CI or Compose file names
    images    container images; `more` is where: `from`, `copy`, `image`, `uses`
    secrets   values that look like secrets; `text` is the kind of secret, never the value
    sets      names that the file gives a value: env files, Compose `environment:`, Dockerfile ENV and ARG; `more` is
              where: `env`, `environment`, `ENV`, `ARG`
    faults    why the file cannot be used, e.g. YAML that does not parse; `more` is the kind of fault
    silences  findings that the file asks to leave out: the code; `more` is the reason
    """

    reads: list[At] = []
    imports: list[At] = []
    links: list[At] = []
    paths: list[At] = []
    images: list[At] = []
    secrets: list[At] = []
    sets: list[At] = []
    faults: list[At] = []
    silences: list[At] = []


class Reader(Protocol):
    """A module of this folder: adds what it finds to the facts."""

    def read(self, path: Path, text: str, facts: Facts) -> None: ...


KINDS = {
    ".py": "python",
    ".js": "code",
    ".mjs": "code",
    ".cjs": "code",
    ".ts": "code",
    ".tsx": "code",
    ".go": "code",
    ".java": "code",
    ".kt": "code",
    ".md": "markdown",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".sh": "script",
    ".bash": "script",
    ".mk": "script",
    ".properties": "code",
}
NAMES = {"Makefile": "script", "Dockerfile": "dockerfile", ".env": "dotenv"}
EVERY = ("silence",)  # the readers that see every text


def kind_of(path: Path) -> str:
    """Return the name of the reader of a file; empty when it has none."""
    if path.name.startswith("Dockerfile") or path.name.endswith(".Dockerfile"):
        return "dockerfile"
    if path.name == ".env" or path.name.startswith(".env."):
        return "dotenv"
    return NAMES.get(path.name) or KINDS.get(path.suffix, "")


def facts_of(path: Path, text: str) -> Facts:
    """Read a file. A reader that cannot make sense of it says so in `faults`; it never raises for a file's content."""
    facts = Facts()
    for kind in (kind_of(path), *EVERY):
        if kind:
            reader: Reader = import_module(f"stead.check.facts.{kind}")
            reader.read(path, text, facts)
    return facts
