"""The form of a setting: a name and a type that an environment can hold, and a default that fits them."""

import re
from collections.abc import Iterator
from typing import Any

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.setting.declaration import declared_at, settings
from stead.check.source import entry_of
from stead.model import Job, Problem, Process, Service, Setting
from stead.model.wiring import Supplied

NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
FOREIGN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TYPES: dict[type, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    bool: (bool,),
    tuple: (tuple, list),
}
# Settings of the process itself: its name, and where it listens.
OWN = re.compile(
    r"PORT|HOST|HOSTNAME|DD_SERVICE|OTEL_RESOURCE_ATTRIBUTES|(?:\w+_)?(?:SERVICE|APP|APPLICATION|CLIENT)_(?:NAME|ID)"
)
WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false", tuple: "several values"}


def fault(setting: Setting, value: Any) -> str:
    """Return what is wrong with a value: of another type, or too small; empty when nothing is."""
    if setting.type not in TYPES:
        return ""
    boolean = isinstance(value, bool) and setting.type is not bool
    if boolean or not isinstance(value, TYPES[setting.type]):
        return f"but should be {WORDS[setting.type]}"
    if setting.minimum is not None and isinstance(value, int | float) and value < setting.minimum:
        return f"but should be {setting.minimum} or more"
    return ""


@rule("SETTING025")
def defaults_are_of_their_type(context: Context) -> Iterator[Problem]:
    """A default has its setting's type, and is not below its minimum.

    A default is not validated at the start of the service. Fix the default, or the type,
    or the minimum.
    """
    for process, setting in settings(context):
        wrong = "" if setting.required or setting.default is None else fault(setting, setting.default)
        if wrong:
            shown = "not shown" if setting.secret else repr(setting.default)
            message = f"the default of {setting.name} of {process.name} is {shown}, {wrong}"
            yield Problem("SETTING025", message, declared_at(context, process, setting.name), "fix the default")


@rule("SETTING026", severity="warning", sure=False)
def one_name_has_one_default(context: Context) -> Iterator[Problem]:
    """A setting that several processes declare has the same default in each.

    Env files and dashboards have one line per name. Without a value the services differ; with one, both change. Give
    both the same default, or two names. The rule skips settings that differ by nature (`OTEL_SERVICE_NAME`, `PORT`).
    """
    first: dict[str, tuple[Process, Setting]] = {}
    for process, setting in settings(context):
        wire = context.wired[process.name].get(setting.name)
        if (
            OWN.fullmatch(setting.name)
            or setting.required
            or setting.default is None
            or not (wire and isinstance(wire.value, Supplied))
        ):
            continue
        other, earlier = first.setdefault(setting.name, (process, setting))
        alike = earlier.type is setting.type and not earlier.secret and not setting.secret
        if alike and earlier.default != setting.default:
            message = (
                f"{setting.name} is {setting.default!r} by default in {process.name}"
                f" and {earlier.default!r} in {other.name}"
            )
            here, there = (declared_at(context, each, setting.name) for each in (process, other))
            yield Problem("SETTING026", message, here, "give both the same default, or two names", there)


@rule("SETTING027")
def names_can_be_set(context: Context) -> Iterator[Problem]:
    """A setting's name is valid in a shell: upper-case letters, digits and underscores, no digit first.

    POSIX promises no more (chapter 8, "Environment Variables"), and env files, Kubernetes and dashboards each refuse
    something else. Rename it. Of a command or an image, whose names are its author's, lower case is taken.
    """
    for process, setting in settings(context):
        # A program that someone else wrote has the names that it has: `CYPRESS_baseUrl`.
        foreign = isinstance(process, Service | Job) and not entry_of(process)
        if not (FOREIGN if foreign else NAME).fullmatch(setting.name):
            message = f"{setting.name!r} of {process.name} is not a name of an environment variable"
            mend = f"name it {re.sub(r'[^A-Z0-9_]', '_', setting.name.upper())}"
            yield Problem("SETTING027", message, declared_at(context, process, setting.name), mend)


@rule("SETTING028")
def types_can_be_told(context: Context) -> Iterator[Problem]:
    """A setting's type has a text form: str, int, float, bool, or a tuple of values separated by commas.

    An environment variable is a text. Other types (a mapping, a date) have no common form in all languages. Use str,
    and parse it in the service.
    """
    for process, setting in settings(context):
        if setting.type not in TYPES:
            name = getattr(setting.type, "__name__", repr(setting.type))
            message = f"{setting.name} of {process.name} has the type {name}, which an environment variable cannot hold"
            mend = "use one of str, int, float, bool and tuple"
            yield Problem("SETTING028", message, declared_at(context, process, setting.name), mend)


RULES = (defaults_are_of_their_type, one_name_has_one_default, names_can_be_set, types_can_be_told)
