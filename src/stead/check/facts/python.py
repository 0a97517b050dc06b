"""What Python code says: what it imports, offers and mentions, and which environment variables it reads."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from stead.check.facts import At, Facts
from stead.check.facts.client_calls import asks
from stead.check.facts.environ import Environ, constants
from stead.check.facts.pydantic import fields

# An attribute, a text that is one name, a health path, an address of a host without a dot, an upper-case name.
WORD = re.compile(
    r"\.([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\b"
    r"|[\"']([A-Za-z_][A-Za-z0-9_]{2,99}|/(?:health|version|livez|readyz)[^\"'\n]{0,99})[\"']"
    r"|[\"']https?:(//[a-z][a-z0-9-]*)(?=[:/\"'])"
    r"|\b([A-Z][A-Z0-9_]{2,99})\b"
)
READS = re.compile("environ|getenv|Env\\(|[Cc]onfig\\(")
INNER = ("body", "orelse", "finalbody", "handlers", "cases")
NEWER, LATER = (3, 14), "multiple exception types must be parenthesized"  # PEP 758 lets the parentheses out


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add what a Python file says; a syntax error is a fault."""
    try:
        tree = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if sys.version_info >= NEWER or not str(error).startswith(LATER):
            facts.faults.append(At(str(error), getattr(error, "lineno", 0) or 0, 0, "syntax"))
        return
    for node in _statements(tree):
        facts.imports += _imports(node)
    if READS.search(text):
        environ = Environ(tree)
        facts.reads += filter(None, map(environ.read, ast.walk(tree)))
    if "BaseSettings" in text:
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        facts.reads += fields(classes, constants(tree))
    facts.asks += asks(tree) if ".ask(" in text else ()
    facts.names += _names(tree.body)
    facts.words += _mentions(text)


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield every statement, without going into expressions: most of a tree is expressions, and no import is."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        for name in INNER:
            inner = getattr(node, name, None)
            waiting += inner if isinstance(inner, list) else ()
        if isinstance(node, ast.stmt):
            yield node


def _imports(node: ast.AST) -> Iterator[At]:
    match node:
        case ast.Import(names=names):
            yield from (At(alias.name, node.lineno, node.col_offset + 1) for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            whole = "." * level + (module or "")
            yield from (At(whole, node.lineno, node.col_offset + 1, alias.name) for alias in names)


def _mentions(text: str) -> list[str]:
    """Return what a text mentions, as a variable would have it; the fields of a settings class do not count."""
    found = set()
    for attribute, word, host, upper in WORD.findall(text):
        found.add(host or upper or (word if word[:1] == "/" else (attribute or word).upper()))
    return sorted(found)


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
