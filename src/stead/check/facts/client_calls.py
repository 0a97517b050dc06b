"""What a typed client asks: each `peer.ask("METHOD", path, operation=…)` of a class, the path as a template.

A path is followed through the names that the method itself gives it; one that comes from elsewhere is `?`.
"""

import ast
from collections.abc import Iterator

from stead.check.facts import At

UNKNOWN = "?"


def asks(tree: ast.Module) -> Iterator[At]:
    """Yield what is asked: `POST /v1/entries/{}/reversals`, with `more` saying by which method and operation."""
    for kind in tree.body:
        if isinstance(kind, ast.ClassDef):
            for method in kind.body:
                if isinstance(method, ast.AsyncFunctionDef | ast.FunctionDef):
                    yield from _of(method, f"{kind.name}.{method.name}")


def _of(method: ast.AsyncFunctionDef | ast.FunctionDef, name: str) -> Iterator[At]:
    given = {
        target.id: node.value
        for node in ast.walk(method)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(method):
        match node:
            case ast.Call(func=ast.Attribute(attr="ask"), args=[ast.Constant(value=str(verb)), path, *_]):
                operation_name = next((word.value for word in node.keywords if word.arg == "operation"), None)
                operation = "" if operation_name is None else _text(operation_name, given)
                yield At(f"{verb} {_path(path, given)}", node.lineno, node.col_offset + 1, f"{name} {operation}")


def _path(node: ast.expr, given: dict[str, ast.expr]) -> str:
    """Return a template; what is before its first slash is an address, and what follows a `?` a query."""
    text = _text(node, given)
    path = text[text.find("/") :] if "/" in text else ""
    plain = path.partition("?")[0]
    whole = plain if plain.endswith("/{}") or not plain.endswith("{}") else plain.removesuffix("{}")
    return whole or UNKNOWN


def _text(node: ast.expr, given: dict[str, ast.expr], deep: int = 8) -> str:
    """Return a text with `{}` for what is only known when the program runs."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values) if deep:
            return "".join(_text(value, given, deep - 1) for value in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right) if deep:
            return _text(left, given, deep - 1) + _text(right, given, deep - 1)
        case ast.Name(id=name) if name in given and deep:
            return _text(given[name], given, deep - 1)
    return "{}"
