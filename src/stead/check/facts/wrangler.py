"""What a `wrangler.toml`, or a `wrangler.jsonc`, gives a Worker: its vars, in each environment, and its bindings."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stead.check.facts import At, Facts

LARGEST = 50_000  # characters; a hostile one takes the parser a time that grows with the square
BINDINGS = ("name", "binding")


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add vars as `vars` and `vars:staging`, bindings as `binding`."""
    if len(text) > LARGEST:
        facts.faults.append(At(f"it was not read: {len(text):,} characters of TOML", 0, 0, "unread"))
        return
    try:
        config = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        facts.faults.append(At(str(error), 0, 0, "toml"))
        return
    add(config, text, facts)


def add(config: Mapping[str, Any], text: str, facts: Facts) -> None:
    """Add what a configuration gives, whether it is TOML or JSON."""
    lines = text.splitlines()
    facts.sets += (_placed(lines, name, "vars") for name in _table(config, "vars"))
    for environment, part in _table(config, "env").items():
        if isinstance(part, Mapping):
            facts.sets += (_placed(lines, name, f"vars:{environment}") for name in _table(part, "vars"))
    facts.sets += (_placed(lines, name, "binding") for name in dict.fromkeys(_bindings(config)))


def _table(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = config.get(name)
    return found if isinstance(found, Mapping) else {}


def _bindings(node: Any, under: str = "") -> Iterator[str]:
    """Yield the names of bindings, wherever they stand: `kv_namespaces`, `d1_databases`, `durable_objects.bindings`."""
    if isinstance(node, list):
        for each in node:
            yield from _bindings(each, under)
    elif isinstance(node, Mapping) and under != "vars":
        names = BINDINGS if under == "bindings" else ("binding",)
        yield from (value for name in names if isinstance(value := node.get(name), str))
        for key, value in node.items():
            yield from _bindings(value, key)


def _placed(lines: list[str], name: str, more: str) -> At:
    """Find the line by the table it is in; inside an inline table, by the name alone."""
    header = "" if more == "binding" else "[vars]" if more == "vars" else f"[env.{more.partition(':')[2]}.vars]"
    start = next((number for number, line in enumerate(lines) if line.strip() == header), 0) if header else 0
    pattern = re.compile(rf"""(^|[\s{{,."'])({re.escape(name)})(["']|\b)""")
    for number in (*range(start, len(lines)), *range(start)):
        found = pattern.search(lines[number])
        if found:
            return At(name, number + 1, found.start(2) + 1, more)
    return At(name, 1, 1, more)
