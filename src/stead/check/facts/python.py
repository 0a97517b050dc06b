"""What Python code says: what it imports, and which environment variables it reads."""

import ast
from pathlib import Path

from stead.check.facts import At, Facts

READERS = frozenset({"os.environ.get", "os.getenv", "environ.get", "getenv", "os.environ.pop", "environ.pop"})
ENVIRONS = frozenset({"os.environ", "environ"})


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add what a Python file imports and reads; a syntax error is a fault."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        facts.faults.append(At(str(error), getattr(error, "lineno", 0) or 0, 0, "syntax"))
        return
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                facts.imports += [At(alias.name, node.lineno, node.col_offset + 1) for alias in names]
            case ast.ImportFrom(module=str(module), names=names, level=0):
                facts.imports += [At(module, node.lineno, node.col_offset + 1, alias.name) for alias in names]
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *rest]) if _named(function) in READERS:
                given = "default" if rest else ""
                facts.reads.append(At(name, node.lineno, node.col_offset + 1, given))
            case ast.Subscript(value=value, slice=ast.Constant(value=str(name)), ctx=ast.Load()):
                if _named(value) in ENVIRONS:
                    facts.reads.append(At(name, node.lineno, node.col_offset + 1))


def _named(node: ast.expr) -> str:
    """Return a dotted name as it is written; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            outer = _named(value)
            return f"{outer}.{attribute}" if outer else ""
    return ""
