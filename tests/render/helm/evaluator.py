"""The part of Go's template language that a rendered chart uses, evaluated; anything else is an error.

It stands in for Helm where Helm is not installed, and is itself held against the real one where it is.
"""

import json
import re

import yaml

ACTION = re.compile(r"\{\{(-?) (.*?) (-?)\}\}")
COMMENT = re.compile(r"\{\{- /\* .*? \*/ -\}\}\n?", re.DOTALL)


def values_of(chart, environment):
    """Return the chart's values with an environment's on top."""
    base = yaml.safe_load((chart / "values.yaml").read_text()) or {}
    return merged(base, yaml.safe_load((chart / f"values.{environment}.yaml").read_text()) or {})


def merged(base, above):
    if not isinstance(base, dict) or not isinstance(above, dict):
        return above
    return {key: merged(base[key], above[key]) if key in base and key in above else above.get(key, base.get(key))
            for key in {**base, **above}}  # fmt: skip


def objects(chart, environment, values=None):
    """Return the objects of an environment, by kind and name."""
    given = values or values_of(chart, environment)
    texts = [evaluated(file.read_text(), given) for file in sorted((chart / "templates").rglob("*.yaml"))]
    return [found for text in texts if (found := yaml.safe_load(text))]


def evaluated(text, values):
    lines, keep = [], []
    for line in COMMENT.sub("", text).splitlines():
        found = re.fullmatch(r"\s*\{\{- (.*) \}\}", line)
        if found and found[1].startswith("if "):
            keep.append(_condition(found[1].removeprefix("if "), values))
        elif found and found[1] == "end":
            keep.pop()
        elif found and found[1].startswith("fail "):
            if all(keep):
                raise ValueError(found[1].removeprefix("fail ").strip('"'))
        elif all(keep):
            lines.append(ACTION.sub(lambda each: _action(each[2], values), line))
    assert not keep
    return "\n".join(lines)


def _condition(words, values):
    null = re.fullmatch(r'not \(kindIs "invalid" (.*)\)', words)
    if null:
        return _look(null[1], values) is not None
    order = re.fullmatch(r"gt \(int (.*)\) \(int (.*)\)", words)
    if order:
        return int(_look(order[1], values)) > int(_look(order[2], values))
    found = _look(words, values)
    assert isinstance(found, bool)
    return found


def _action(words, values):
    if words == '"{{"':
        return "{{"
    if re.fullmatch(r'include ".*\.versionLabel" \.', words):
        return re.sub("[^A-Za-z0-9._-]", "-", values["version"])[:63].strip("-._") or "unreleased"
    first, *functions = words.split(" | ")
    found = _look(first, values)
    if not functions:
        assert isinstance(found, str)
        return found
    assert functions in (["toJson"], ["toJson", "quote"])
    for _ in functions:
        found = json.dumps(found)
    return found


def _look(words, values):
    keys = re.findall(r'"([^"]*)"', words) if words.startswith("(index") else words.removeprefix(".Values.").split(".")
    for key in keys:
        values = values.get(key)
    return values
