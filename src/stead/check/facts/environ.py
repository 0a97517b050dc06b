"""How Python code reads its environment: `os`, under any name, and the libraries that wrap it."""

import ast

from stead.check.facts import At

FUNCTIONS = frozenset({"os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault", "decouple.config"})
MAPPINGS = frozenset({"os.environ"})
# Objects that are called, or whose methods are, with the name of a variable: `env = Env()`, `env.int("LIMIT", 5)`.
MAKERS = frozenset({"environs.Env", "environ.Env", "starlette.config.Config", "decouple.Config"})


class Environ:
    """What one file calls the environment."""

    def __init__(self, tree: ast.Module) -> None:
        self._known = _imported(tree)
        self.constants = constants(tree)
        self._made = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
            for target in node.targets
            if isinstance(target, ast.Name) and self._name(node.value.func) in MAKERS
        }

    def read(self, node: ast.AST) -> At | None:
        """Return the variable that an expression reads, if it reads one."""
        match node:
            case ast.Call(func=function, args=[first, *rest]) if self._reads(function):
                return self._at(node, first, _default(rest, node.keywords))
            case ast.Call(func=function, args=[], keywords=[ast.keyword(arg="key", value=first), *more]):
                return self._at(node, first, _default([], more)) if self._reads(function) else None
            case ast.Subscript(value=value, slice=first, ctx=ast.Load()) if self._name(value) in MAPPINGS:
                return self._at(node, first, "")
            case ast.Compare(left=first, ops=[ast.In() | ast.NotIn()], comparators=[value]):
                return self._at(node, first, "default") if self._name(value) in MAPPINGS else None
        return None

    def _reads(self, function: ast.expr) -> bool:
        if self._name(function) in FUNCTIONS:
            return True
        owner = function.value if isinstance(function, ast.Attribute) else function
        return isinstance(owner, ast.Name) and owner.id in self._made

    def _at(self, node: ast.expr, first: ast.expr, more: str) -> At | None:
        match first:
            case ast.Constant(value=str(name)):
                return At(name, node.lineno, node.col_offset + 1, more)
            case ast.Name(id=constant) if constant in self.constants:
                return At(self.constants[constant], node.lineno, node.col_offset + 1, more)
        return None

    def _name(self, node: ast.expr) -> str:
        """Return the whole name of what an expression names: `os.environ.get` for `env.get` after an import as env."""
        match node:
            case ast.Name(id=name):
                return self._known.get(name, "")
            case ast.Attribute(value=value, attr=attribute):
                outer = self._name(value)
                return f"{outer}.{attribute}" if outer else ""
        return ""


def _imported(tree: ast.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {alias.asname or alias.name.partition(".")[0]: _qualified_name(alias) for alias in names}
            case ast.ImportFrom(module=str(module), names=names, level=0):
                found |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in names}
    return found


def _qualified_name(alias: ast.alias) -> str:
    return alias.name if alias.asname else alias.name.partition(".")[0]


def constants(tree: ast.Module) -> dict[str, str]:
    """Return the texts that are given a name once, at the top."""
    found = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                found[name] = text
    return found


def _default(rest: list[ast.expr], keywords: list[ast.keyword]) -> str:
    given = [*rest, *(word.value for word in keywords if word.arg == "default")]
    return default_of(given[0]) if given else ""


def default_of(value: ast.expr) -> str:
    """Return what a reader says of a default: its text where it is written there."""
    plain = isinstance(value, ast.Constant) and isinstance(value.value, str | int | float)
    return f"default:{value.value}" if plain else "default"  # type: ignore[attr-defined]
