"""Evaluate expressions of GitHub Actions: the language of conditions and environments in workflows.

Operators, literals, names with dots, and the functions that conditions use. A name without a value is an empty text, as
on GitHub. Source: docs.github.com, "Evaluate expressions in workflows and actions".
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<operator>&&|\|\||==|!=|<=|>=|[!<>(),])|"
    r"(?P<name>[A-Za-z_][\w-]*(?:\.[\w*-]+)*))"
)
WHOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = re.compile(r"\b(?:always|success|failure|cancelled)\s*\(")
CONSTANTS = {"true": True, "false": False, "null": None}


class ExpressionError(ValueError):
    """An expression that cannot be parsed; the text names it."""


def rendered(text: str, context: Mapping[str, Any]) -> str:
    """Return a text with its expressions replaced by their values."""
    return WHOLE.sub(lambda found: as_text(evaluate(found[1], context)), text)


def condition(text: str, context: Mapping[str, Any], *, failed: bool = False) -> bool:
    """Return whether a condition holds; one without a status function also requires success."""
    inner = text.strip()
    whole = WHOLE.fullmatch(inner)
    inner = whole[1] if whole else inner
    if not inner:
        return not failed
    value = is_truthy(evaluate(inner, context, failed=failed))
    return value if STATUS.search(inner) else value and not failed


def evaluate(text: str, context: Mapping[str, Any], *, failed: bool = False) -> Any:
    """Return the value of an expression. Raises ExpressionError."""
    return _Parser(text, context, failed=failed).value()


def is_truthy(value: Any) -> bool:
    return value not in (None, False, 0, "")


def as_text(value: Any) -> str:
    """Return a value as a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


class _Parser:
    """A parser of one expression that evaluates while it reads."""

    def __init__(self, text: str, context: Mapping[str, Any], *, failed: bool) -> None:
        self._text, self._context = text, context
        self._tokens = self._split()
        self._place = 0
        self._functions: Mapping[str, Callable[..., Any]] = {
            "always": lambda: True,
            "success": lambda: not failed,
            "failure": lambda: failed,
            "cancelled": lambda: False,
            "startswith": lambda one, other: as_text(one).lower().startswith(as_text(other).lower()),
            "endswith": lambda one, other: as_text(one).lower().endswith(as_text(other).lower()),
            "contains": _contains,
            "format": lambda form, *values: re.sub(r"\{(\d+)\}", lambda at: as_text(values[int(at[1])]), form),
            "tojson": lambda value: json.dumps(value),
            "fromjson": lambda value: json.loads(value),
            "hashfiles": lambda *_: "hash",
        }

    def value(self) -> Any:
        found = self._either()
        if self._place < len(self._tokens):
            raise ExpressionError(f"{self._text!r} cannot be read from {self._tokens[self._place][1]!r} on")
        return found

    def _split(self) -> list[tuple[str, str]]:
        found, place = [], 0
        text = self._text.rstrip()
        while place < len(text):
            token = TOKEN.match(text, place)
            if token is None or token.lastgroup is None:
                raise ExpressionError(f"{self._text!r} cannot be read from {text[place:]!r} on")
            found.append((token.lastgroup, token[token.lastgroup]))
            place = token.end()
        return found

    def _next(self, *operators: str) -> str:
        """Consume the next token if it is one of these operators."""
        if self._place < len(self._tokens) and self._tokens[self._place] in [("operator", each) for each in operators]:
            self._place += 1
            return self._tokens[self._place - 1][1]
        return ""

    def _either(self) -> Any:
        found = self._both()
        while self._next("||"):
            other = self._both()
            found = found if is_truthy(found) else other
        return found

    def _both(self) -> Any:
        found = self._compared()
        while self._next("&&"):
            other = self._compared()
            found = other if is_truthy(found) else found
        return found

    def _compared(self) -> Any:
        found = self._single()
        operator = self._next("==", "!=")
        if not operator:
            return found
        same = as_text(found).lower() == as_text(self._single()).lower()
        return same if operator == "==" else not same

    def _single(self) -> Any:
        if self._next("!"):
            return not is_truthy(self._single())
        if self._next("("):
            found = self._either()
            self._closed()
            return found
        if self._place >= len(self._tokens):
            raise ExpressionError(f"{self._text!r} ends too early")
        kind, text = self._tokens[self._place]
        self._place += 1
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "name":
            return self._called(text) if self._next("(") else self._named(text)
        raise ExpressionError(f"{self._text!r} cannot be read from {text!r} on")

    def _called(self, name: str) -> Any:
        function = self._functions.get(name.lower())
        if function is None:
            raise ExpressionError(f"{self._text!r} calls {name}, which is not a function of expressions")
        values = []
        while not self._next(")"):
            values.append(self._either())
            if not self._next(","):
                self._closed()
                break
        return function(*values)

    def _closed(self) -> None:
        if not self._next(")"):
            raise ExpressionError(f"{self._text!r} has a parenthesis that is not closed")

    def _named(self, name: str) -> Any:
        if name in CONSTANTS:
            return CONSTANTS[name]
        value: Any = self._context
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value


def _contains(whole: Any, part: Any) -> bool:
    if isinstance(whole, list):
        return part in whole
    return as_text(part).lower() in as_text(whole).lower()
