"""Facts: what a file says, as far as any rule wants to know. They depend on the file alone, so they can be kept.

One file a kind of file reads it and yields facts; rules never read a file themselves. `kind_of` tells which reader a
file has; a file without one has no facts but its silences.
"""

from importlib import import_module
from pathlib import Path
from typing import Protocol

from msgspec import Struct

VERSION = 2  # of the shape below: raise it when a reader or a struct changes


class At(Struct, frozen=True, array_like=True):
    """Something that is said at a place: what, and where. `more` is the reader's own second word."""

    text: str
    line: int
    column: int = 0
    more: str = ""


class Facts(Struct, array_like=True):
    """What one file says.

    reads     environment variables that the code reads; `more` is `default` when the code gives one itself, and
              `default:…` when it is plain what it gives
    imports   what is imported: a Python module (`more` is the name taken from it; dots come first in a relative one),
              a JavaScript or Go path, a Java name
    links     what a document links to; `more` is the text of the link
    paths     files that a script, a Makefile, a CI or Compose file names
    images    container images; `more` is where: `from`, `copy`, `image`, `uses`
    secrets   values that look like secrets; `text` is the kind of secret, never the value
    sets      names that the file gives a value: env files, Compose `environment:`, Dockerfile ENV and ARG; `more` is
              where: `env` (`env:empty` where the value is empty), `environment`, `ENV`, `ARG`, `vars` (`vars:staging`)
    faults    why the file cannot be used, e.g. YAML that does not parse; `more` is the kind of fault
    silences  findings that the file asks to leave out: the code; `more` is the reason
    names     what a Python module offers at its top (`*` where that cannot be told); the package of a Java file
    words     upper-case names that the code mentions, lower-case ones among them turned upper; and `/health` paths
    deploys   commands that deploy: the command, its continued lines joined
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
    names: list[At] = []
    words: list[str] = []
    deploys: list[At] = []


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
    ".rs": "code",
    ".rb": "code",
    ".php": "code",
    ".cs": "code",
    ".jsx": "code",
    ".md": "markdown",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".sh": "script",
    ".bash": "script",
    ".mk": "script",
}
NAMES = {"Makefile": "script", "wrangler.toml": "wrangler"}
EVERY = ("silence", "deploy")  # the readers that see every text


def kind_of(path: Path) -> str:
    """Return the name of the reader of a file; empty when it has none."""
    if path.name.startswith("Dockerfile") or path.name.endswith(".Dockerfile"):
        return "dockerfile"
    known = NAMES.get(path.name) or KINDS.get(path.suffix, "")
    return known or ("dotenv" if is_dotenv(path.name) else "")


def is_dotenv(name: str) -> bool:
    """Tell an env file by its name: `.env`, `.env.dev`, `prod.env.example`, `.dev.vars`, `env.example`."""
    parts = name.split(".")
    return "env" in parts[:-1] or parts[-1] == "env" or parts[1:3] == ["dev", "vars"]


def kinds_of(path: Path) -> tuple[str, ...]:
    """Return every reader of a file: its kind's, Spring's where it configures Spring, and those that see every text."""
    spring = path.name.startswith(("application", "bootstrap")) and path.suffix in (".yml", ".yaml", ".properties")
    return tuple(filter(None, (kind_of(path), "spring" if spring else "", *EVERY)))


def facts_of(path: Path, text: str) -> Facts:
    """Read a file. A reader that cannot make sense of it says so in `faults`; it never raises for a file's content."""
    facts = Facts()
    for kind in kinds_of(path):
        reader: Reader = import_module(f"stead.check.facts.{kind}")
        reader.read(path, text, facts)
    return facts
