"""Text: YAML, shell words and substitutions, as files of a repository have them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from stead.check.facts.node import Node, UnreadableError, documents
from stead.check.tree import Tree

REFERENCE = re.compile(r"\$\$|\$\{(\w+)(?:(:?[-?+])([^{}]*))?\}|\$(\w+)")
ADDRESS = re.compile(r"https?://[^/\s\"']+(/[\w./-]*)?")
EXEC = re.compile(r"(?m)^[ \t]*exec[ \t]+(\S.*)$")
SHELL = re.compile(r"[$|;&<>`]")
SEVERAL = re.compile(r"[|;&`]|\n|^\w+=")  # what makes a shell stay: it cannot replace itself by one program
SHELLS = frozenset({"sh", "bash", "ash", "dash"})


def yaml(tree: Tree, path: Path) -> list[Node]:
    """Return the documents of a file that is a mapping each; none of one that cannot be read, which is noted."""
    text = tree.text(path)
    return [] if text is None else list(_read(tree, path, text))


def yaml_in(tree: Tree, path: Path, text: str) -> list[Node]:
    """Return the documents of a text that a file holds."""
    return list(_read(tree, path, text))


def _read(tree: Tree, path: Path, text: str) -> Iterator[Node]:
    try:
        yield from (root for root in documents(text) if root.pairs or root.items)
    except UnreadableError as error:
        if "{{" not in text:
            tree.notes.append(f"{path}:{error.line} was not read: {error}")


def at(node: Node | None, *keys: str) -> Node | None:
    """Return what is below a path of keys."""
    for key in keys:
        node = node.get(key) if node is not None and node.pairs else None
    return node


def text_at(node: Node | None, *keys: str) -> str:
    """Return the text that is below a path of keys; empty when none does."""
    found = at(node, *keys)
    return found.text or "" if found is not None else ""


def each(node: Node | None) -> list[Node]:
    """Return the items of a sequence; a single text is a sequence of one."""
    return node.each() if node is not None else []


def entries(node: Node | None) -> list[tuple[str, Node]]:
    """Return the keys and values of a mapping."""
    return [(key.text or "", value) for key, value in node.entries()] if node is not None else []


def words(node: Node | None) -> tuple[str, ...]:
    """Return a command that is given as a list or as one text."""
    if node is None:
        return ()
    if node.items is not None:
        return tuple(item.text or "" for item in node.items)
    return split(node.text or "")


def split(text: str) -> tuple[str, ...]:
    """Return the words of a shell's line."""
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return tuple(text.split())


def shell_line(text: str) -> tuple[str, ...]:
    """Return the words of a shell's line; one that only a shell understands, such as with a variable, is left to it."""
    if not SHELL.search(text):
        return split(text)
    return ("sh", "-c", text if SEVERAL.search(text) or text.startswith("exec ") else f"exec {text}")


def plain(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a shell is told to run in the end: `sh -c '…; exec node main.js'` is `node main.js`."""
    if len(command) < 3 or command[0].rpartition("/")[2] not in SHELLS or command[1] not in ("-c", "-ec"):
        return command
    lines = [line for line in command[2].strip().splitlines() if line.strip()]
    last = EXEC.findall(command[2])[-1:] or (lines if len(lines) == 1 else [])
    return split(last[0].strip()) if last and not set(last[0]) & set("|;&<>`") else command


def reference(text: str) -> str:
    """Return the variable that a text is only a reference to; empty when it is more or less than that."""
    found = REFERENCE.fullmatch(text.strip())
    return (found[1] or found[4] or "") if found else ""


def host_of(text: str) -> str:
    """Return the host of an address, with or without a scheme; empty where there is none."""
    try:
        return urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""


def path_of(text: str) -> str:
    """Return the path of the first address in a text; empty when there is none."""
    found = ADDRESS.search(text)
    return (found[1] or "") if found else ""
