"""Module: a whole backend.py: what it is of, what it imports, what several share, the processes, the backend."""

import re
import textwrap
from collections import Counter
from collections.abc import Iterator

from stead.adopt.sketch import CallSketch, Identity, ProcessSketch, ResourceSketch, SettingSketch, Sketch
from stead.adopt.write import noun
from stead.adopt.write.layout import WIDTH, Expression, Group, Item, call, comments, lines, several
from stead.adopt.write.name import other, variables
from stead.model.wiring import PORT

STEAD = (
    "Backend|Bucket|Build|Call|Clerk|Cors|Dev|Environment|Gateway|Health|Job|Kubernetes|Limits|Postgres|Redis|Route"
    "|Service|Setting"
)
NOUNS = re.compile(rf"\b({STEAD})(?=\(|\.\w+\(|\.RANDOM\b)|: (Service) = ")

MOST = 8  # left-out items that are named
BEHIND = ("command", "image", "port", "health", "cron")  # the text that a remark follows
CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")


def module(sketch: Sketch) -> str:
    """Return the text of the description."""
    writing = _ModuleWriter(sketch)
    body = writing.body()
    used = sorted({one or two for one, two in NOUNS.findall("\n".join(_code(body)))})
    return "\n".join([*_docstring(sketch), "", *_imports(used), "", *body]) + "\n"


def _code(body: list[str]) -> Iterator[str]:
    """Yield what is not a comment."""
    return (line for line in body if not line.lstrip().startswith("#"))


def _docstring(sketch: Sketch) -> Iterator[str]:
    names = ", ".join(process.name for process in sketch.processes) or "nothing yet"
    title = f'"""{sketch.name.capitalize()}: {names}.'
    yield from textwrap.wrap(title, WIDTH, break_on_hyphens=False)
    yield ""
    read = ", ".join(sketch.sources) or "its files"
    yield from _wrapped(
        f"A first description, made by `stead adopt` from {read}. Edit it: Stead does not write it again. Verify each "
        "line that is marked as guessed, answer each mark `could not tell`, and remove the mark."
    )
    if sketch.skipped:
        left = ", ".join(f"{name} ({why})" for name, why in sorted(sketch.skipped.items())[:MOST])
        left += f", and {len(sketch.skipped) - MOST} more" if len(sketch.skipped) > MOST else ""
        yield ""
        yield from _wrapped(f"Left out: {left}.")
    if sketch.remarks:
        yield ""
        for remark in sketch.remarks:
            yield from _wrapped(f"- {remark}", "  ")
    yield '"""'


def _wrapped(words: str, then: str = "") -> list[str]:
    plain = words.replace("\\", "/").replace('"""', "'''")
    return textwrap.wrap(plain, WIDTH, subsequent_indent=then, break_on_hyphens=False, break_long_words=False)


def _imports(names: list[str]) -> Iterator[str]:
    one_line = f"from stead import {', '.join(names)}"
    if len(one_line) <= WIDTH:
        yield one_line
        return
    yield "from stead import ("
    yield from (f"    {name}," for name in names)
    yield ")"


class _ModuleWriter:
    """One description that is being written."""

    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        self.variables = variables(process.name for process in sketch.processes)
        self.ordered = _ordered(sketch.processes)
        self.shared_settings = _shared_settings(
            [setting for process in sketch.processes for setting in process.settings]
        )
        self._is_shared = frozenset(self.shared_settings)
        self.resources = self._shared_resources()
        self.made: set[str] = set()
        self.later = {call.callee for call in self._backward()}

    def body(self) -> list[str]:
        shared = [*self._settings(), *self._resources()]
        services = [line for process in self.ordered if not process.job for line in self._process(process)]
        jobs = [line for process in self.ordered if process.job for line in self._process(process)]
        whole = [*self._gateway(), *self._backend()]
        return [line for part in (shared, services + jobs, whole) if part for line in ["", *part]][1:]

    def _settings(self) -> Iterator[str]:
        for each in self.shared_settings:
            yield from lines(noun.setting(each), f"{each.name} = ", remarks=noun.remark_texts(each.remarks))

    def _shared_resources(self) -> dict[Identity, str]:
        """Return a variable for each resource that several need, under the same settings."""
        times = Counter(each.identity for process in self.sketch.processes for each in process.needs)
        named: dict[Identity, str] = {}
        for identity, count in sorted(times.items()):
            if count > 1:
                key = identity[0]
                plain = re.sub(r"\W", "_", key[2] or key[1] or key[0]).lower()
                taken = {*self.variables.values(), *named.values()}
                named[identity] = other(f"{plain}_{key[0].lower()}" if plain in taken else plain, taken)
        return named

    def _resources(self) -> Iterator[str]:
        first = {each.identity: each for process in self.sketch.processes for each in process.needs}
        for identity, variable in self.resources.items():
            each = first[identity]
            yield from lines(noun.resource(each), f"{variable} = ", remarks=noun.remark_texts(each.remarks))

    def _backward(self) -> Iterator[CallSketch]:
        """Yield the calls to what is made later than the caller."""
        done: set[str] = set()
        for process in self.ordered:
            yield from (each for each in process.calls if each.callee not in done and each.callee != process.name)
            done.add(process.name)

    def _process(self, process: ProcessSketch) -> Iterator[str]:
        above = [about for about in process.remarks if about not in BEHIND]
        yield from comments(noun.remark_texts(tuple(remark for about in above for remark in process.remarks[about])))
        variable = self.variables[process.name]
        kind = "Job" if process.job else "Service"
        typed = f"{variable}: {kind}" if process.name in self.later else variable
        self.made.add(process.name)
        yield from lines(call(kind, *self._parts(process)), f"{typed} = ")

    def _parts(self, process: ProcessSketch) -> Iterator[Item]:
        yield Item(noun.text(process.name))
        yield from _starts(process)
        if process.cron:
            yield Item(noun.text(process.cron), "cron=", noun.remark_texts(process.remarks.get("cron", ())))
        elif process.job and process.runs != "before":
            yield Item(noun.text(process.runs), "runs=")
        yield from self._lists(process)
        yield from () if process.job else _rest(process)
        limits = noun.limits(process)
        if limits:
            yield Item(limits, "limits=")

    def _lists(self, process: ProcessSketch) -> Iterator[Item]:
        settings = [Item(self._setting(each), remarks=self._remarks(each)) for each in process.settings]
        needs = [Item(self._resource(each), remarks=self._unshared(each)) for each in process.needs]
        calls = [Item(self._call(each), remarks=noun.remark_texts(each.remarks)) for each in process.calls]
        routes = [Item(noun.route(each), remarks=noun.remark_texts(each.remarks)) for each in process.routes]
        for name, items in (("settings", settings), ("needs", needs), ("calls", calls), ("routes", routes)):
            if items:
                yield Item(Group("[", tuple(items), "]"), f"{name}=")
        addresses = {self._contract(each.callee): each.setting for each in process.calls if each.setting}
        if addresses:
            pairs = [Item(noun.text(setting), f"{noun.text(contract)}: ") for contract, setting in addresses.items()]
            yield Item(Group("{", tuple(pairs), "}"), "addresses=")

    def _contract(self, name: str) -> str:
        return next(process.contract for process in self.sketch.processes if process.name == name)

    def _setting(self, each: SettingSketch) -> Expression:
        return each.name if each in self._is_shared else noun.setting(each)

    def _remarks(self, each: SettingSketch) -> tuple[str, ...]:
        return () if each in self._is_shared else noun.remark_texts(each.remarks)

    def _resource(self, each: ResourceSketch) -> Expression:
        return self.resources.get(each.identity) or noun.resource(each)

    def _unshared(self, each: ResourceSketch) -> tuple[str, ...]:
        return () if each.identity in self.resources else noun.remark_texts(each.remarks)

    def _call(self, each: CallSketch) -> Expression:
        return noun.calling(each, self.variables[each.callee], later=each.callee not in self.made)

    def _gateway(self) -> Iterator[str]:
        if self.sketch.gateway:
            yield from comments(noun.remark_texts(self.sketch.gateway.remarks))
            yield from lines(noun.gateway(self.sketch.gateway, self.variables), "gateway = ")

    def _backend(self) -> Iterator[str]:
        parts = [Item(noun.text(self.sketch.name))]
        if self.sketch.gateway:
            parts.append(Item("gateway", "gateway="))
        for name, processes in (("services", self.sketch.services), ("jobs", self.sketch.jobs)):
            if processes:
                parts.append(Item(several([self.variables[each.name] for each in processes]), f"{name}="))
        if self.sketch.environments:
            made = several([noun.environment(each, self.variables) for each in self.sketch.environments])
            parts.append(Item(made, "environments="))
        if self.sketch.registry:
            parts.append(Item(noun.text(self.sketch.registry), "registry="))
        yield from lines(call("Backend", *parts), "backend = ")


def _starts(process: ProcessSketch) -> Iterator[Item]:
    if process.worker:
        yield Item(noun.text(process.worker), "worker=")
    elif process.command:
        yield Item(noun.command(process.command), "command=", noun.remark_texts(process.remarks.get("command", ())))
    if process.image:
        yield Item(noun.text(process.image), "image=", noun.remark_texts(process.remarks.get("image", ())))
    if process.build:
        yield Item(noun.build(process.build), "build=")
    if process.folder and process.command and not process.worker:
        yield Item(noun.text(process.folder), "folder=")


def _rest(process: ProcessSketch) -> Iterator[Item]:
    """Yield what a service says and a job does not."""
    if process.contract:
        yield Item(noun.text(process.contract), "contract=")
    if process.port != PORT.name:
        yield Item(noun.literal(process.port), "port=", noun.remark_texts(process.remarks.get("port", ())))
    health = noun.health(process)
    if health:
        yield Item(health, "health=", noun.remark_texts(process.remarks.get("health", ())))
    if process.replicas > 1:
        yield Item(str(process.replicas), "replicas=")


def _shared_settings(settings: list[SettingSketch]) -> list[SettingSketch]:
    """Return the settings that several processes have, said the same way; each name once."""
    times = Counter(settings)
    names = Counter(setting.name for setting in times)
    many = (each for each, count in times.items() if count > 1 and names[each.name] == 1)
    return sorted((each for each in many if CONSTANT.fullmatch(each.name)), key=lambda each: each.name)


def _ordered(processes: list[ProcessSketch]) -> list[ProcessSketch]:
    """Return the processes with those that are called before their callers, and else by name."""
    by_name = {process.name: process for process in processes}
    done: dict[str, ProcessSketch] = {}
    open_: set[str] = set()

    def visit(process: ProcessSketch) -> None:
        if process.name in done or process.name in open_:
            return
        open_.add(process.name)
        for each in process.calls:
            visit(by_name[each.callee])
        done[process.name] = process

    for process in sorted(processes, key=lambda process: process.name):
        visit(process)
    return list(done.values())
