"""What a pydantic-settings class reads: its fields, by their aliases or by the prefix and their names."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from stead.check.facts import At
from stead.check.facts.environ import default_of

ROOT = "BaseSettings"
ALIASES = ("validation_alias", "alias")


def fields(classes: Iterable[ast.ClassDef], constants: Mapping[str, str]) -> Iterator[At]:
    """Yield the variables that the settings classes of one file read. A class of another file is not followed."""
    known = {ROOT: ""}  # the prefix by the class's name
    for node in sorted(classes, key=lambda node: node.lineno):
        parents = [name for name in map(_last, node.bases) if name in known]
        if parents:
            known[node.name] = _prefix(node, constants, known[parents[0]])
            yield from _fields(node, known[node.name], constants)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _prefix(node: ast.ClassDef, constants: Mapping[str, str], inherited: str) -> str:
    """Return `env_prefix`, of `model_config` or of an inner `class Config`."""
    for inner in node.body:
        given = _config(inner).get("env_prefix")
        if given is not None:
            return _text(given, constants)
    return inherited


def _config(node: ast.stmt) -> dict[str, ast.expr]:
    match node:
        case ast.Assign(targets=[ast.Name(id="model_config")], value=ast.Call(keywords=words)):
            return {word.arg: word.value for word in words if word.arg}
        case ast.Assign(targets=[ast.Name(id="model_config")], value=ast.Dict(keys=keys, values=values)):
            return {_text(key, {}): value for key, value in zip(keys, values, strict=True) if key}
        case ast.ClassDef(name="Config", body=body):
            assigned = [line for line in body if isinstance(line, ast.Assign)]
            return {_last(target): line.value for line in assigned for target in line.targets}
    return {}


def _fields(node: ast.ClassDef, prefix: str, constants: Mapping[str, str]) -> Iterator[At]:
    for inner in node.body:
        match inner:
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if _is_field(name, inner.annotation):
                names = _aliases(value, constants) or [(prefix + name).upper()]
                more = _default(value)
                more = more or ("default" if len(names) > 1 else "")  # any of several will do
                yield from (At(each, inner.lineno, inner.col_offset + 1, more) for each in names)


def _is_field(name: str, annotation: ast.expr) -> bool:
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return not name.startswith("_") and name != "model_config" and _last(outer) != "ClassVar"


def _aliases(value: ast.expr | None, constants: Mapping[str, str]) -> list[str]:
    if not isinstance(value, ast.Call):
        return []
    given = {word.arg: word.value for word in value.keywords}
    for alias in ALIASES:
        match given.get(alias):
            case ast.Call(args=choices):
                return [text for text in (_text(choice, constants) for choice in choices) if text]
            case ast.expr() as single if _text(single, constants):
                return [_text(single, constants)]
    return []


def _default(value: ast.expr | None) -> str:
    if isinstance(value, ast.Call) and _last(value.func) == "Field":
        given = [
            *value.args[:1],
            *(word.value for word in value.keywords if word.arg in ("default", "default_factory")),
        ]
        value = given[0] if given else None
    if value is None or (isinstance(value, ast.Constant) and value.value is Ellipsis):
        return ""
    return default_of(value)


def _text(node: ast.expr, constants: Mapping[str, str]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return constants.get(name, "")
    return ""
