"""A description changed by a program: a few insertions at places that its syntax tree names.

Nothing else of the file is touched, so comments and layout stay. Rejected: writing the tree back, which loses both; and
a concrete syntax tree from a library, for five insertions. What is not written out plainly is not guessed at: then
ManualEditError says what a person is to write.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from stead.scaffold.addition import Addition, ManualEditError
from stead.scaffold.imports import added
from stead.scaffold.source import Source

Listing = ast.List | ast.Tuple


@dataclass(slots=True)
class Description:
    """A backend.py that something is added to."""

    source: Source
    addition: Addition
    seen: list[ast.stmt] = field(default_factory=list)  # statements that use the addition

    def changed(self) -> str:
        """Return the file's text with the addition in it; ManualEditError when that cannot be done safely."""
        bound = dict(_bound(self.source.tree))
        for module, name in self.addition.imports:
            if bound.get(name, module) != module:
                raise self._refused(f"{name} means something else in it")
        name = self.addition.variable(bound)
        backend = self._backend()
        self._append_to(backend, "services", 1, name)
        self._to_gateway(backend, name)
        self._define(name)
        added(self.source, self.addition.imports)
        return self.source.changed()

    def _backend(self) -> ast.Call:
        value = self._assigned("backend")
        if not _is_call(value, "Backend"):
            raise self._refused("there is no backend = Backend(…) at its top level")
        return value

    def _to_gateway(self, backend: ast.Call, name: str) -> None:
        given = _argument(backend, "gateway", 2)
        if given is None or not self.addition.front:
            return
        gateway = self._resolved(given)
        if not _is_call(gateway, "Gateway"):
            raise self._refused("its gateway is not a Gateway(…) that is written out")
        self._append_to(gateway, "fronts", 2, name)
        if self.addition.users:
            self._append_to(gateway, "users", 1, f"{self.addition.users}({name})")

    def _append_to(self, call: ast.Call, keyword: str, position: int, text: str) -> None:
        """Add an element to a list that is an argument; the argument too when it is not there."""
        given = _argument(call, keyword, position)
        if given is None:
            self._plain(call)
            self.source.append(call, [*call.args, *(each.value for each in call.keywords)], f"{keyword}=[{text}]")
            return
        value = self._resolved(given)
        if isinstance(value, Listing):
            self._append_element(value, keyword, text)
        elif keyword == "users":
            self.source.wrap(given, "[", f", {text}]")
        else:
            raise self._refused(f"its {keyword} is not a list that is written out")

    def _append_element(self, value: Listing, keyword: str, text: str) -> None:
        if not self.source.closes(value):
            raise self._refused(f"its {keyword} is a tuple without parentheses")
        single = isinstance(value, ast.Tuple) and not value.elts
        self.source.append(value, value.elts, f"{text}," if single else text)

    def _define(self, name: str) -> None:
        """Make the service, before the first statement that uses it."""
        first = min(self.seen, key=lambda statement: statement.lineno)
        before = [statement for statement in self.source.tree.body if (statement.end_lineno or 0) < first.lineno]
        if not before or self.source.tree.body.index(first) != len(before):
            raise self._refused("it has no separate line for the addition")
        gap = "\n" if isinstance(before[-1], (ast.Assign, ast.AnnAssign)) else "\n\n"
        self.source.after(before[-1], f"{gap}{name} = {self.addition.expression}")

    def _resolved(self, value: ast.expr) -> ast.expr:
        """Follow a name to what it stands for."""
        return self._assigned(value.id) if isinstance(value, ast.Name) else value

    def _assigned(self, name: str) -> ast.expr:
        """Return what a name of the top level is made of, when it is made once."""
        found = [each for each in self.source.tree.body if name in _targets(each)]
        value = getattr(found[0], "value", None) if len(found) == 1 else None
        if not isinstance(value, ast.expr):
            raise self._refused(f"{name} is not assigned once at its top level")
        self.seen.append(found[0])
        return value

    def _plain(self, call: ast.Call) -> None:
        if any(each.arg is None for each in call.keywords):
            raise self._refused("a call of it has **keywords, which cannot be read")

    def _refused(self, why: str) -> ManualEditError:
        return ManualEditError(why, self.addition)


def with_service(text: str, addition: Addition) -> str:
    """Return a description's text with a service in it; ManualEditError when that cannot be done safely."""
    return Description(Source.of(text), addition).changed()


def _is_call(value: ast.expr, name: str) -> TypeGuard[ast.Call]:
    return isinstance(value, ast.Call) and name in (getattr(value.func, "id", ""), getattr(value.func, "attr", ""))


def _argument(call: ast.Call, keyword: str, position: int) -> ast.expr | None:
    if len(call.args) > position:
        return call.args[position]
    return next((each.value for each in call.keywords if each.arg == keyword), None)


def _targets(statement: ast.stmt) -> Sequence[str]:
    if isinstance(statement, ast.AnnAssign):
        targets: Sequence[ast.expr] = [statement.target]
    else:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [each.id for each in targets if isinstance(each, ast.Name)]


def _bound(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each name of the module, and the module that it was imported from: its own name for a plain import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((each.asname or each.name, node.module or ".") for each in node.names)
        elif isinstance(node, ast.Import):
            yield from ((each.asname or each.name.split(".")[0], "") for each in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, "(assigned)"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, "(defined)"
