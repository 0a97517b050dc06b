"""What the code reads from the environment, and what the description says that it is told."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from stead.check.context import Context, place
from stead.check.rule import rule
from stead.check.setting.declaration import declared_at
from stead.check.source import Runs, entry_of
from stead.model import Problem, Setting
from stead.model.setting import REQUIRED
from stead.model.wiring import Supplied, binding_name

# Names that an operating system, a runtime or a CI sets, and that a runtime reads; no service declares them. HOST is
# the address to listen on, which a container gets in addition to PORT.
PLATFORM_NAMES = frozenset(
    {"HOST", "PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "PWD", "SHELL", "TERM", "CI", "HOSTNAME"}
)
RUNTIMES = re.compile(
    r"(NODE|NPM|JAVA|JDK|GO|GC|RUST|CARGO|RAILS|RACK|DOTNET|ASPNETCORE|PHP|UV|PIP|VIRTUAL)_\w+|PYTHON\w*|GOMAXPROCS"
    r"|(SPRING|SERVER|LOGGING|MANAGEMENT|OTEL|UVICORN|GUNICORN|WEB_CONCURRENCY|LC|XDG|SSL|HTTPS?|NO|ALL)(_\w+)?"
)
URL = re.compile(r"\w+_SERVICE_URL")
TYPO = 0.9  # how alike two names are where one is a misspelling of the other


@rule("SETTING010")
def what_is_read_is_declared(context: Context) -> Iterator[Problem]:
    """Every environment variable that a service's code reads is declared.

    An undeclared variable is missing on other machines: no env example names it, and no target provides it. Declare it
    in the service's settings. The URL of another service of the backend comes from a declared call instead
    (BOUNDARY012).
    """
    bound = {at.text for _, at in context.each("sets") if at.more == "binding"}
    for process in context.runs:
        known = context.wired[process.name].keys() | bound | _service_bindings(context, process)
        for path in context.sources[process.name]:
            for at in context.facts(path).reads if path in context.tree.known else ():
                if at.text not in known and not _is_platform_variable(at.text):
                    message = f"{process.name} reads {at.text}, which it does not declare"
                    yield Problem("SETTING010", message, place(path, at), _mend(process, at.text, known), process.where)


def _mend(process: Runs, name: str, known: set[str]) -> str:
    """Say the name that is given and looks like the one that is read, where there is one."""
    declare = f'add Setting("{name}") to the settings of {process.name}'
    near = _alike(name, known)
    return f"read {near}, which it is given; or {declare}" if near else declare


def _alike(name: str, known: set[str]) -> str:
    """Return a name that has all words of another and begins alike, or differs in a letter or two; else nothing."""
    words = name.split("_")
    longer = [each for each in known if each.startswith(words[0] + "_") and set(words) < set(each.split("_"))]
    if longer:
        return min(longer, key=lambda each: (len(each), each))
    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=TYPO)), "")


def _service_bindings(context: Context, process: Runs) -> set[str]:
    """Return the names under which a Worker finds its callees beside their URLs."""
    if context.backend is None or not getattr(process, "worker", ""):
        return set()
    return {binding_name(process, edge.callee) for edge in context.backend.edges_of(process)}


def _is_platform_variable(name: str) -> bool:
    return name in PLATFORM_NAMES or RUNTIMES.fullmatch(name) is not None or URL.fullmatch(name) is not None


@rule("SETTING011", severity="warning")
def what_is_declared_is_read(context: Context) -> Iterator[Problem]:
    """Every setting that a service declares in a list is mentioned somewhere in its source.

    An unused setting is still required in every environment, without any effect. Remove it, or fix its name. The rule
    skips a `Settings` class, which is read as a whole, and images, whose source is elsewhere.
    """
    for process in context.runs:
        own = context.own[process.name]
        if isinstance(process.settings, type) or not own or not context.tree.known.issuperset(own):
            continue
        words = {word for path in context.sources[process.name] for word in context.facts(path).words}
        for setting in process.declared:
            if setting.name not in words and not _is_mentioned(context, process, setting.name):
                message = f"{process.name} declares {setting.name}, which nothing in its source reads"
                mend = "remove the setting, or fix its name"
                where = declared_at(context, process, setting.name)
                # What a library of another language reads by itself is not seen here.
                yield Problem("SETTING011", message, where, mend, sure=bool(entry_of(process)))


def _is_mentioned(context: Context, process: Runs, name: str) -> bool:
    """Look in every file of the process, of whatever kind, and in its command."""
    if RUNTIMES.fullmatch(name) or any(name in word for word in process.command):
        return True
    folder = context.folders[process.name]
    paths = dict.fromkeys((*context.sources[process.name], *(context.tree.below(folder) if folder else ())))
    own = (text for path in paths if path != context.file and (text := context.tree.text(path)))
    return any(name in text or name.lower() in text for text in own)


@rule("SETTING012", severity="warning")
def the_code_gives_the_declared_default(context: Context) -> Iterator[Problem]:
    """A default in the code equals the default in the description.

    `stead config` and every generated env file show the description's default; the service would use its own. Keep one:
    declare the default, and read the variable without one. A variable with a value in a Compose file is reported with
    `--strict`.
    """
    composed = {at.text for _, at in context.each("sets") if at.more == "environment"}
    for process in context.runs:
        declared = {setting.name: setting for setting in process.declared if setting.default not in (REQUIRED, None)}
        given = context.wired[process.name]
        for path in context.sources[process.name] if declared else ():
            for at in context.facts(path).reads if path in context.tree.known else ():
                setting = declared.get(at.text)
                if setting and isinstance(given[at.text].value, Supplied) and not _is_same(setting, at.more):
                    value = at.more.partition(":")[2]
                    message = f"{at.text} is {_shown(setting)} in the description and {value} in the code"
                    mend = f"read {at.text} without a default"
                    also, sure = declared_at(context, process, at.text), at.text not in composed
                    yield Problem("SETTING012", message, place(path, at), mend, also, sure=sure)


def _is_same(setting: Setting, default: str) -> bool:
    """Return whether a reader's word on a default, `default:5`, is the setting's; so is one that is not plain."""
    _, plain, value = default.partition(":")
    if setting.secret or not plain or not value:
        return True  # an empty text stands for no default
    if setting.type in (int, float):
        try:
            return float(value.replace("_", "")) == float(setting.default)
        except (ValueError, TypeError):
            return False
    return value.lower() == _shown(setting).lower()


def _shown(setting: Setting) -> str:
    many = isinstance(setting.default, tuple | list)
    return ",".join(map(str, setting.default)) if many else str(setting.default)


RULES = (what_is_read_is_declared, what_is_declared_is_read, the_code_gives_the_declared_default)
