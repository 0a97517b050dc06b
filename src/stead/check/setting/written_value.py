"""Values of settings that files give, which are text: each is one that its setting can take."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.compose.stack import containers
from stead.check.context import Context
from stead.check.facts.compose import plain
from stead.check.facts.dotenv import LINE
from stead.check.kubernetes.manifest import items, text_of
from stead.check.kubernetes.manifest_set import workloads
from stead.check.rule import rule
from stead.check.setting.declaration import declared_at
from stead.check.setting.envfile import examples
from stead.check.setting.form import WORDS
from stead.model import Problem, Process, Setting, SourceLocation

WHOLE = re.compile(r"\s*[+-]?\d+(?:_\d+)*\s*")
YES_OR_NO = frozenset({"true", "false", "1", "0", "yes", "no", "on", "off", "t", "f", "y", "n"})


def text_fault(setting: Setting, text: str) -> str:
    """Return what is wrong with a text as a setting's value; empty when nothing is, or when it is filled in later."""
    if not text.strip() or "$" in text or "{{" in text or text.strip().startswith("<"):
        return ""
    if setting.type is bool:
        return "" if text.strip().lower() in YES_OR_NO else f"and should be {WORDS[bool]}"
    if setting.type not in (int, float):
        return ""
    number = _number(setting.type, text)
    if number is None:
        return f"and should be {WORDS[setting.type]}"
    return f"and should be {setting.minimum} or more" if number < (setting.minimum or number) else ""


def _number(kind: type, text: str) -> float | None:
    if kind is int:
        return int(text) if WHOLE.fullmatch(text) else None
    try:
        return float(text)
    except ValueError:
        return None


@rule("SETTING030")
def texts_are_of_their_type(context: Context) -> Iterator[Problem]:
    """A value that a Compose file, a manifest or an env example gives a setting is one that its type can take.

    `WORKERS: many` for a whole number stops the service when it starts, in that environment alone; so does a number
    below the setting's minimum. What a variable fills in (`${WORKERS}`) is not known here, but its default is. Fix the
    value, or the setting's type.
    """
    known = {process.name: process for process in context.backend.processes} if context.backend else {}
    for name, variable, text, where in _given(context):
        process = known.get(name)
        setting = next((each for each in process.declared if each.name == variable), None) if process else None
        wrong = text_fault(setting, text) if setting is not None and not setting.secret else ""
        if process is not None and wrong:
            message = f"{variable} of {name} is {text.strip()!r}, {wrong}"
            yield Problem("SETTING030", message, where, "fix the value", declared_at(context, process, variable))


def _given(context: Context) -> Iterator[tuple[str, str, str, SourceLocation]]:
    """Yield what files give to processes: the process's name, the variable, its text, and the place."""
    for container in containers(context):
        for variable, item in container.config.each("environment"):
            yield container.name, variable, plain(item.text), item.place
    for workload in workloads(context):
        for each in items(workload.spec, "containers"):
            for entry in items(each, "env"):
                value = entry.get("value")
                if value is not None:
                    name, variable = text_of(each, "name"), text_of(entry, "name")
                    yield name, variable, value.text or "", workload.manifest.at(value)
    for path, processes in examples(context):
        yield from _in_example(context, path, processes)


def _in_example(
    context: Context, path: Path, processes: list[Process]
) -> Iterator[tuple[str, str, str, SourceLocation]]:
    """Yield what an env example gives; the text of a secret's line is passed over by its setting."""
    lines = (context.tree.text(path) or "").splitlines()
    for at in context.facts(path).sets:
        found = LINE.match(lines[at.line - 1]) if at.line <= len(lines) else None
        text = f" {found[2]}".partition(" #")[0].strip().strip("\"'") if found else ""
        for process in processes if text else ():
            yield process.name, at.text, text, SourceLocation(str(path), at.line, at.column)


RULES = (texts_are_of_their_type,)
