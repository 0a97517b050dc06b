"""Facts: what a file says, as far as any rule wants to know. They depend on the file alone, so they can be kept.

One file a kind of file reads it and yields facts; rules never read a file themselves. `kind_of` tells which reader a
file has; a file without one has no facts but its silences.
"""

from collections.abc import Collection
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol

from msgspec import Struct

VERSION = 14  # of the format below: raise it when a reader or a struct changes


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
    anchors   where a link into a document may lead: its headings and its named places
    paths     files that a file names: relative to it, or to where it is run, unless they begin with `@here` or `@root`;
              `more` is who says so and how: `script read`, `make cd`, `ci call`, `compose volume`, `document said`
    images    container images; `more` is where: `from`, `copy`, `image`, `built`, `uses`, `docker`
    secrets   values that look like secrets; `text` is the kind of secret, never the value; `more` is what gave it away:
              `token`, `key`, `url`, `assignment`, `environment`, `ENV`, `ARG`, `ci`, `manifest`, `command`
    literals  names that are given a value in plain text, whatever they are called; the value is not kept. `more` is
              where: `environment`, `ENV`, `ARG`, `ci`, `command`, `vars`
    pipeline  what pipelines, scripts and Makefiles run, by `more`: `target` of a Makefile, `recipe TARGET` (one line of
              it), `make` (a target that is called), `forgiven` (a delivery whose failure is ignored),
              `expression` (a value of an event that becomes a part of a script), `unstopped` (a step behind which the
              script goes on where it fails), `compose script` (a folder in which Compose looks for its file), and the
              risky commands: `unverified`, `dump`, `removes`, `forced`, `opened`, `plain`, `unread`
    policies  what is wrong with a pipeline as far as its text tells: a sentence; `more` is the forge and the kind, such
              as `github timeout`
    listens   addresses on which a program listens, where it says them: the host; `more` is the port, a number or empty
    sets      names that the file gives a value: env files, Compose `environment:`, Dockerfile ENV and ARG; `more` is
              where: `env` (also `env:empty`, `env:placeholder`), `environment`, `ENV`, `ARG`, `vars` (`vars:staging`)
    faults    why the file cannot be used, e.g. YAML that does not parse; `more` is the kind of fault. One of the kind
              `unread` is not a finding, but a note of what was not looked at
    starts    the interpreter that the first line names
    silences  findings that the file asks to leave out: the code; `more` is the reason
    names     what a Python module offers at its top (`*` where that cannot be determined); the package of a Java file
    words     upper-case names that the code mentions, lower-case ones among them turned upper; `/health`
              paths; and `//host` for an address of a host without a dot
    deploys   commands that deploy: the command, its continued lines joined
    operations  what an OpenAPI document offers: `POST /v1/awards`; `more` says who may ask
    asks      what a typed client asks: `POST /v1/entries/{}/reversals`; `more` is its method and its operation
    made      what in the file was made by a command: `graph`, with the folder that it is a picture of as `more`; or all
              of it, `rendered`, with `edited` as `more` when someone changed it since
    values    every value of a Compose file and of Prometheus, Loki and Grafana's data sources, with its path as `more`
              (see `config_values.py`); every instruction of a Dockerfile, with its name as `more`
    obsolete  versions of TLS that a configuration accepts, and should not; `more` is the name of the setting
    unloaded  why Prometheus does not load a file of rules: a sentence
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
    anchors: list[At] = []
    starts: list[At] = []
    operations: list[At] = []
    asks: list[At] = []
    made: list[At] = []
    values: list[At] = []
    literals: list[At] = []
    pipeline: list[At] = []
    listens: list[At] = []
    policies: list[At] = []
    obsolete: list[At] = []
    unloaded: list[At] = []


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
    ".mk": "makefile",
    ".json": "json",
    ".toml": "toml",
}
NAMES = {"Makefile": "makefile", "GNUmakefile": "makefile", "wrangler.toml": "wrangler", "wrangler.jsonc": "json"}
EVERY = (
    "text",
    "silence",
    "deploy",
    "generated",
    "pipeline",
    "listen",
    "tls",
    "secret",
)  # these readers see every text; the last one leaves out what the others reported


def kind_of(path: Path) -> str:
    """Return the name of the reader of a file; empty when it has none."""
    if path.name.startswith("Dockerfile") or path.name.endswith(".Dockerfile"):
        return "dockerfile"
    known = NAMES.get(path.name) or KINDS.get(path.suffix, "")
    return known or ("dotenv" if is_dotenv(path.name) else "")


def is_dotenv(name: str) -> bool:
    """Recognise an env file by its name: `.env`, `.env.dev`, `prod.env.example`, `.dev.vars`, `env.example`."""
    parts = name.split(".")
    return "env" in parts[:-1] or parts[-1] == "env" or parts[1:3] == ["dev", "vars"]


def kinds_of(path: Path) -> tuple[str, ...]:
    """Return every reader of a file: its kind's, Spring's where it configures Spring, and those that see every text."""
    spring = path.name.startswith(("application", "bootstrap")) and path.suffix in (".yml", ".yaml", ".properties")
    document = "openapi" if path.name == "openapi.json" else ""
    return tuple(filter(None, (kind_of(path), "spring" if spring else "", document, *EVERY)))


def is_script(text: str) -> bool:
    """Recognise a shell script that has no ending, such as a hook, by its first line."""
    return text.startswith("#!") and "sh" in text[:80].partition("\n")[0]


def facts_of(path: Path, text: str, without: Collection[str] = ()) -> Facts:
    """Read a file, by all readers but some. One that cannot make sense of it says so in `faults`, and never raises."""
    facts = Facts()
    kinds = kinds_of(path)
    if kinds[0] in EVERY and is_script(text):
        kinds = ("script", *kinds)
    for kind in kinds:
        if kind not in without:
            _reader(kind).read(path, text, facts)
    return facts


@cache
def _reader(kind: str) -> Reader:
    """Return a kind's reader; `import_module` alone takes as long as most of them."""
    reader: Reader = import_module(f"stead.check.facts.{kind}")
    return reader
