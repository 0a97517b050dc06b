"""What Python code says: what it imports, offers and mentions, and which environment variables it reads."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.facts import At, Facts
from stead.check.facts.asking import asks
from stead.check.facts.environ import Environ
from stead.check.facts.pydantic import fields

WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
ADDRESS = re.compile(r"https?://([a-z][a-z0-9-]*)(?=[:/]|$)")  # of a host without a dot
HEALTH = ("/health", "/version", "/livez", "/readyz")


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add what a Python file says; a syntax error is a fault."""
    try:
        tree = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        facts.faults.append(At(str(error), getattr(error, "lineno", 0) or 0, 0, "syntax"))
        return
    environ, words, classes = Environ(tree), set(), []
    for node in ast.walk(tree):
        facts.imports += _imports(node)
        found = environ.read(node)
        if found is not None:
            facts.reads.append(found)
        word = _word(node)
        if word:
            words.add(word)
        if isinstance(node, ast.ClassDef):
            classes.append(node)
    facts.reads += fields(classes, environ.constants)
    facts.asks += asks(tree) if ".ask(" in text else ()
    facts.names += _names(tree.body)
    facts.words += sorted(words)


def _imports(node: ast.AST) -> Iterator[At]:
    match node:
        case ast.Import(names=names):
            yield from (At(alias.name, node.lineno, node.col_offset + 1) for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            whole = "." * level + (module or "")
            yield from (At(whole, node.lineno, node.col_offset + 1, alias.name) for alias in names)


def _word(node: ast.AST) -> str:
    """Return a name as an environment variable would have it; empty for what cannot be one."""
    match node:
        case ast.Constant(value=str(text)):
            if text.startswith(HEALTH):
                return text
            address = ADDRESS.match(text)
            if address:
                return f"//{address[1]}"
            plain = len(text) < 100 and (text.isupper() or "_" in text) and WORD.fullmatch(text)
            return text.upper() if plain else ""
        case ast.Attribute(attr=name) if "_" in name.strip("_"):
            return name.upper()
        case ast.Name(id=name, ctx=ast.Load()) if name.isupper():
            return name
    return ""


def _names(body: list[ast.stmt]) -> Iterator[At]:
    """Yield what a module offers: what its top level defines, assigns and imports, branches included."""
    for node in body:
        for name in _bound(node):
            yield At(name, node.lineno, node.col_offset + 1)
        for inner in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
                yield from _names(getattr(node, inner, []))
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                yield from _names(handler.body)


def _bound(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name="__getattr__"):
            yield "*"
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
        case ast.Assign(targets=targets):
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
