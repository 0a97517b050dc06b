"""Env files, examples and real ones: names, the words above them, and values that are not secret.

Of a real env file nothing is taken but its names: what it holds is one machine's own.
"""

import re
from pathlib import Path

from stead.adopt.evidence import Evidence, Value
from stead.check.facts import is_dotenv
from stead.check.facts.interpolation import filled
from stead.check.facts.value import is_secret_name

LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)")
EXAMPLES = frozenset({"example", "sample", "template", "tmpl", "dist", "defaults"})


def read(found: Evidence) -> None:
    """Keep what each env file says, by its path."""
    for path in found.tree.files:
        if is_dotenv(path.name):
            text = found.tree.text(path)
            if text is not None:
                found.examples[path] = values(found, path, text)
                found.used["env files"] = None


def is_example(path: Path) -> bool:
    return bool(EXAMPLES & set(path.name.split(".")))


def values(found: Evidence, path: Path, text: str) -> dict[str, Value]:
    """Return what an env file gives each name."""
    given: dict[str, Value] = {}
    above: list[str] = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            secret = is_secret_name(match[1])
            shown = _bare(match[2]) if is_example(path) and not secret else None
            given[match[1]] = Value(shown or None, found.name(path), secret=secret, help=" ".join(above))
        above = [*above, line.strip("# \t")] if line.startswith("#") and line.strip("# \t") else []
    return given


def _bare(text: str) -> str:
    """Return a value without its quotes, and without a comment after it."""
    text = text.strip()
    if text[:1] in ("'", '"') and text.endswith(text[0]) and len(text) > 1:
        return text[1:-1]
    return text.partition(" #")[0].strip()


def interpolated(found: Evidence, folder: Path) -> dict[str, str]:
    """Return what Compose fills in from a `.env` that is in git: the project's own then, and no machine's."""
    path = folder / ".env"
    text = found.tree.text(path) if found.tree.tracked and path in found.tree.known else None
    known: dict[str, str] = {}
    for line in (text or "").splitlines():
        match = LINE.match(line)
        if match and not is_secret_name(match[1]):
            bare = _bare(match[2])
            known[match[1]] = bare if match[2].startswith("'") else filled(bare, known.get)
    return known


def near(found: Evidence, folder: Path) -> dict[str, Value]:
    """Return what the env files of a folder say together: examples count most, and those for no one environment."""
    together: dict[str, Value] = {}
    files = (path for path in found.examples if path.parent == folder)
    for path in sorted(files, key=lambda path: (is_example(path), -len(path.name))):
        for name, value in found.examples[path].items():
            known = together.get(name)
            together[name] = value if value.text or value.help or known is None else known
    return together
