"""Imports added to a file, each where a sorted list of them has its place."""

import ast
import sys
from collections.abc import Sequence

from stead.scaffold.addition import Import, imported
from stead.scaffold.source import WIDTH, Source


def added(source: Source, imports: Sequence[Import]) -> None:
    """Import what a file does not import yet."""
    for module, name in imports:
        if module:
            _from(source, module, name)
        else:
            _plain(source, name)


def _from(source: Source, module: str, name: str) -> None:
    found = [each for each in source.tree.body if isinstance(each, ast.ImportFrom) and each.module == module]
    if any(alias.name == name and alias.asname is None for each in found for alias in each.names):
        return
    if found and "#" not in source.text(found[0]) and not any(alias.name == "*" for alias in found[0].names):
        names = [f"{each.name} as {each.asname}" if each.asname else each.name for each in found[0].names]
        source.replace(found[0], _statement(module, sorted([*names, name], key=_order)))
        return
    later = [each for each in _imports(source) if isinstance(each, ast.ImportFrom) and (each.module or "") < module]
    _after(source, later[-1] if later else None, imported(module, name))


def _statement(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _order(name: str) -> tuple[bool, bool, str]:
    """Constants, classes, the rest, as import sorters have it."""
    return not name.isupper(), not name[:1].isupper(), name.lower()


def _plain(source: Source, name: str) -> None:
    """Import a module of the backend's own: among the others of its own, or in a block below all imports."""
    own = [each for each in _imports(source) if isinstance(each, ast.Import) and _is_own(each)]
    if any(alias.name == name for each in own for alias in each.names):
        return
    smaller = [each for each in own if each.names[0].name < name]
    if smaller:
        source.after(smaller[-1], f"\nimport {name}")
    elif own:
        source.before(own[0], f"import {name}\n")
    else:
        imports = _imports(source)
        _after(source, imports[-1] if imports else None, f"import {name}", gap="\n\n")


def _is_own(statement: ast.Import) -> bool:
    return statement.names[0].name.split(".")[0] not in {*sys.stdlib_module_names, "stead"}


def _imports(source: Source) -> list[ast.stmt]:
    return [each for each in source.tree.body if isinstance(each, ast.Import | ast.ImportFrom)]


def _after(source: Source, statement: ast.stmt | None, text: str, gap: str = "\n") -> None:
    """Insert after a statement; before all but the docstring when there is none."""
    if statement is not None:
        source.after(statement, gap + text)
        return
    body = source.tree.body
    documented = ast.get_docstring(source.tree, clean=False) is not None
    if documented:
        source.after(body[0], f"\n\n{text}")
    else:
        source.before(body[0], f"{text}\n")
