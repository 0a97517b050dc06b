"""The text of the reference: one page for each public noun, and an index."""

import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import stead
from stead.model import Backend
from stead.model.load import read
from stead.reference.local import LOCAL
from stead.reference.noun import Field, bases, fields, summary
from stead.render.promise import MAKES, NONE, PROMISES
from stead.render.targets import TARGETS

REPOSITORY = Path(__file__).parents[3]
PAGES = REPOSITORY / "docs" / "reference"
EXAMPLES = PAGES / "examples"
INTRODUCTION = """# Reference of `backend.py`

Every name that `from stead import …` gives. These pages are generated from the code by `make reference`; each example
is a description that a test loads and renders.

| name | what it is |
|---|---|
"""


def file_name(noun: str) -> str:
    """Return the name of a noun's page and of its example: `AccessTokens` has `access_tokens`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", noun).lower()


def example(noun: str) -> Path:
    """Return the file of a noun's example."""
    return EXAMPLES / f"{file_name(noun)}.py"


def page(name: str) -> str:
    """Return a noun's page."""
    noun = getattr(stead, name)
    parts = [f"# {name}", _kind(noun), summary(noun)]
    parts += [_table(noun)] if fields(noun) else []
    parts += ["## Example", f"```python\n{example(name).read_text().strip()}\n```"]
    promises = list(dict.fromkeys(each for field in fields(noun) for each in promises_of(noun, field.name)))
    parts += [_targets(promises, read(example(name)))] if promises else []
    return "\n\n".join(parts) + "\n"


def index() -> str:
    """Return the list of all nouns."""
    rows = [f"| [`{name}`]({file_name(name)}.md) | {_first_sentence(name)} |\n" for name in sorted(stead.__all__)]
    return INTRODUCTION + "".join(rows)


def pages() -> dict[Path, str]:
    """Return all Markdown that docs/reference must hold."""
    return {PAGES / f"{file_name(name)}.md": page(name) for name in stead.__all__} | {PAGES / "README.md": index()}


def promises_of(noun: Any, field: str) -> Iterator[str]:
    """Yield the promises that a field makes; a field of a base class makes those of the base."""
    for base in bases(noun):
        made = MAKES.get(base.__name__, {}).get(field)
        if made:
            yield from (() if made == NONE else _split(made))
            return


def _split(made: str) -> Iterator[str]:
    """Yield the promises of an entry: one whose name has a space, or several that are separated by spaces."""
    yield from [made] if made in PROMISES else made.split()


def _kind(noun: Any) -> str:
    if isinstance(noun, type):
        kind = "enumeration" if issubclass(noun, Enum) else "error" if issubclass(noun, Exception) else "class"
    else:
        kind = "function"
    return f"{kind} · `from stead import {noun.__name__}`"


def _table(noun: Any) -> str:
    if isinstance(noun, type) and issubclass(noun, Enum):
        rows = [f"| `{each.name}` | {_cell(each.meaning)} |" for each in fields(noun)]
        return "\n".join(["## Members\n", "| member | meaning |", "|---|---|", *rows])
    title = "Fields" if is_dataclass(noun) else "Parameters"
    head = [f"## {title}\n", "| name | type | default | meaning | promises |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(_row(noun, field) for field in fields(noun))])


def _row(noun: Any, field: Field) -> str:
    promises = ", ".join(promises_of(noun, field.name)) or "none"
    default = field.default if field.default == "required" else f"`{field.default}`"
    return f"| `{field.name}` | `{field.type}` | {default} | {_cell(field.meaning)} | {promises} |"


def _targets(promises: list[str], backend: Backend) -> str:
    """Return what each target does for each promise, as it says of the page's example."""
    targets = {name: target.keeps for name, target in TARGETS.items() if target.keeps and target.is_wanted(backend)}
    parts = ["## What each target does", "For the example above; **in part** marks what a target leaves to a person."]
    for promise in promises:
        lines = [f"- **on this machine** (`stead up`): {LOCAL[promise]}"]
        for name, keeps in targets.items():
            status = keeps[promise]
            lines.append(f"- **{name}**: {'' if status.fully else '**in part:** '}{status.how(backend)}")
        parts += [f"### {promise}", f"The promise: {PROMISES[promise]}.", "\n".join(lines)]
    return "\n\n".join(parts)


def _first_sentence(name: str) -> str:
    first = " ".join(summary(getattr(stead, name)).split("\n\n")[0].split())
    return _cell(re.split(r"(?<=\.) ", first)[0])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
