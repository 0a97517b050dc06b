"""Describe: from what was found to a sketch of the whole description."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace

from stead.adopt.call import CallTargets, calls, is_address, usual
from stead.adopt.call import stem as own_name
from stead.adopt.disagreement import disagreements
from stead.adopt.entrypoint import start
from stead.adopt.environment import label, ordered
from stead.adopt.evidence import Evidence, Offer
from stead.adopt.image import ROLES, SERVERS, image, registry
from stead.adopt.listening import listen, listens_nowhere
from stead.adopt.process import Process, processes
from stead.adopt.reach import open_to_all, open_to_callers
from stead.adopt.resource import KINDS, resources
from stead.adopt.route import routes
from stead.adopt.setting import agreed, converted, merged, settings
from stead.adopt.sketch import (
    EnvironmentSketch,
    GatewaySketch,
    Identity,
    ProcessSketch,
    Remark,
    Sketch,
    guessed,
    unsure,
)
from stead.adopt.sources import openapi, spring
from stead.adopt.sources.compose import KIND
from stead.check.setting.usage import RUNTIMES
from stead.model.wiring import PRIVATE_KEY

DEV = "dev"
MANY = 3  # repetitions of a remark, from which on it is made once for all
ABOUT = {"command": ", how it starts", "image": ", its image", "port": ", its port", "health": ", its health"}


def describe(found: Evidence) -> Sketch:
    """Return the description that a repository's files come to."""
    description = _Description(found)
    sketch = Sketch(description.name(), sources=tuple(found.used), skipped=dict(found.skipped))
    sketch.processes = [description.process(process) for process in description.own]
    description.merge_settings(sketch.processes)
    sketch.processes = [process for process in sketch.processes if description.starts(process)]
    open_to_callers(sketch.processes)
    sketch.gateway = description.gateway(sketch.processes) or description.published_gateway(sketch.processes)
    sketch.environments = description.environments(sketch.processes)
    sketch.registry = registry(each.image for each in sketch.processes) if found.namespaces else ""
    sketch.remarks = tuple(description.remarks) + _hoisted(sketch.processes)
    return sketch


class _Description:
    """Everything together: what one process is depends on what the others are."""

    def __init__(self, found: Evidence) -> None:
        self.found = found
        self.remarks: list[Remark] = []
        every = processes(found)
        self.some_run = any(process.is_certain for process in every)
        self.waited = {label(name) for process in every for part in process.parts for name in part.after}
        self.known = {process.name: process.role for process in every if process.role in KINDS}
        self.known |= {alias: self.known[label(to)] for alias, to in found.aliases.items() if label(to) in self.known}
        self.own = [process for process in every if self._is_own(process)]
        callable_ones = [process for process in self.own if image(process.base).name not in SERVERS]
        self.peers = CallTargets(callable_ones, found.aliases)
        self.offers: dict[str, tuple[Offer, ...]] = {
            process.name: openapi.offers(found, process.folder) for process in self.own if process.folder
        }

    def name(self) -> str:
        return next((label(title) for title in self.found.titles if label(title)), label(self.found.root.name))

    def _is_own(self, process: Process) -> bool:
        """Return whether a process is part of the description; say of what is not why, unless it is a resource."""
        about = image(process.image)
        if process.only_in_tests or process.tests_others:
            self.found.skipped[process.name] = "only tests have it" if process.only_in_tests else "it tests the others"
            return False
        if self._is_a_tool(process):
            self.found.skipped[process.name] = "nothing here runs it, and nothing in its code listens"
            return False
        base = image(process.base)
        if base.role == "tool" and not process.has_code:
            self.found.skipped[process.name] = base.reason
            return False
        if process.folder or process.build or process.role == "service":
            return True
        if about.role == "tool":
            self.found.skipped[process.name] = about.reason
            return False
        return about.name in ROLES["gateway"] and not self.found.fronts

    def _is_a_tool(self, process: Process) -> bool:
        """Return whether a folder is a program that is run by hand: others are run by a file, and none waits for it."""
        run = process.is_certain or process.build or process.name in self.waited
        return self.some_run and not run and listens_nowhere(process)

    def process(self, process: Process) -> ProcessSketch:
        sketch = ProcessSketch(process.name, job=process.job)
        start(process, sketch)
        sketch.needs = resources(process, self.known)
        sketch.calls = calls(process, self.peers, self.offers)
        sketch.routes = (
            [] if process.job else routes(process.name, self.found, self.peers, self.offers.get(process.name, ()))
        )
        sketch.settings = settings(process, self._derived(process, sketch))
        self._about(process, sketch)
        for what in disagreements(process, [setting.name for setting in sketch.settings if not setting.secret]):
            sketch.remark("", unsure(what))
        self._waits(process, sketch)
        return sketch

    def _waits(self, process: Process, sketch: ProcessSketch) -> None:
        """Say for whom a process waits, where its code names no address of theirs."""
        called = {call.callee for call in sketch.calls}
        waited = dict.fromkeys(self.peers.at(name) for part in process.parts for name in part.after)
        others = [name for name in waited if name and name not in called and name != process.name]
        if others:
            named = ", ".join(others)
            sketch.remark("waits", unsure(f"whether it calls {named}: it waits for them, and gets no address"))

    def _derived(self, process: Process, sketch: ProcessSketch) -> set[str]:
        """Return the variables that Stead gives by itself: of resources, of addresses, of the key that signs calls."""
        names = {resource.setting for resource in sketch.needs}
        names |= {name for resource in sketch.needs for _, name in resource.parts}
        names |= {call.setting or usual(call.callee) for call in sketch.calls}
        callees = {call.callee for call in sketch.calls}
        given = {name: value.raw for name, value in process.values.items()}
        names |= {
            name
            for name, raw in given.items()
            if self.peers.named(name) in callees or (is_address(name, raw) and self.peers.at(raw) in callees)
        }
        names |= {name for need in sketch.needs for name in need.beside if RUNTIMES.fullmatch(name)}
        return names | ({PRIVATE_KEY.name} if sketch.calls else set())

    def _about(self, process: Process, sketch: ProcessSketch) -> None:
        """Say the rest of a process: when it runs, how it says that it is healthy, how much it takes."""
        parts = process.parts
        sketch.runs = next((part.runs for part in parts if part.runs), "before") if process.job else ""
        sketch.cron = next((part.cron for part in parts if part.cron), "")
        sketch.cpus = next((part.cpus for part in parts if part.cpus), None)
        sketch.memory = next((part.memory for part in parts if part.memory), None)
        sketch.replicas = max((part.replicas for part in parts), default=1)
        path = next((part.health for part in parts if part.health), "")
        listen(process, sketch, path)
        for what in dict.fromkeys(what for part in parts for what in part.unsure):
            sketch.remark("", unsure(what))
        if not process.is_certain and not process.job:
            sketch.remark("", guessed(f"{parts[0].file} looks like a service's, and nothing here runs it"))
        handed = spring.gateway_rules(self.found, process.folder) if process.folder else []
        if handed:
            sketch.remark("routes", unsure(f"its routes: it forwards {'; '.join(handed)}"))
        if "gateway" in process.name and len(sketch.calls) > 1 and not self.found.edges:
            sketch.remark("gateway", unsure("whether a Gateway, which has no code, can replace it"))

    def merge_settings(self, sketches: list[ProcessSketch]) -> None:
        """Let all agree: on the types of settings, and on the names by which the called are known."""
        types = agreed([sketch.settings for sketch in sketches])
        there = {sketch.name for sketch in sketches if sketch.command or sketch.image or sketch.build}
        known = [sketch for sketch in sketches if sketch.name in there]
        called = {call.callee for sketch in known for call in sketch.calls if call.setting}
        self._shared(sketches)
        for sketch in sketches:
            sketch.settings = [merged(setting, *types[setting.name]) for setting in sketch.settings]
            sketch.contract = own_name(sketch.name) if sketch.name in called else ""
            sketch.calls = [call for call in sketch.calls if call.callee in there]

    def _shared(self, sketches: list[ProcessSketch]) -> None:
        """Say of one database that several are told of under other names: one object has one setting."""
        first: dict[tuple[str, ...], tuple[str, Identity]] = {}
        for sketch in sketches:
            for number, each in enumerate(sketch.needs):
                owner, identity = first.setdefault(each.key, (sketch.name, each.identity))
                if identity != each.identity:
                    names = " and ".join([identity[1], *(name for _, name in identity[2][:1])])
                    remark = unsure(f"how it shares the database of {owner}, which gets its URL in {names}")
                    sketch.needs[number] = replace(each, remarks=(*each.remarks, remark))

    def starts(self, sketch: ProcessSketch) -> bool:
        """Return whether it is known how a process starts; what is known of one that is not is told once for all."""
        if not (sketch.command or sketch.image):
            self.remarks += sketch.remarks.get("", ())
        return bool(sketch.command or sketch.image or sketch.build)

    def gateway(self, sketches: list[ProcessSketch]) -> GatewaySketch | None:
        """Return the gateway, where one is only configuration that was understood."""
        if not self.found.edges or not self.found.fronts:
            return None
        outer = {sketch.name: {route.access for route in sketch.routes} - {"service"} for sketch in sketches}
        fronts = tuple(name for name, accesses in outer.items() if accesses)
        edge = self.found.edges[0]
        if not fronts:
            return None
        users = any("user" in accesses for accesses in outer.values())
        remarks = [guessed(f"an Envoy in place of what {edge.file} configures")]
        if users:
            remarks.append(
                guessed(f"Clerk stands for any issuer with a key set, here {edge.issuer or 'one not named'}")
            )
        taken = {sketch.name for sketch in sketches}
        name = next(name for name in (label(edge.name), "gateway", "the-gateway") if name not in taken)
        return GatewaySketch(name, fronts, users, edge.origins, remarks=tuple(remarks))

    def published_gateway(self, sketches: list[ProcessSketch]) -> GatewaySketch | None:
        """Return a gateway for what is published, where no file of a gateway is there.

        Where no file runs anything, a person does, and reaches each program on its port.
        """
        if self.found.edges or self.found.fronts:
            return None
        started = {sketch.name for sketch in sketches if not self.some_run and sketch.port is not None}
        published = {each.name for each in self.own if not each.job and (each.published or each.name in started)}
        speaking = {process.name for process in self.own if image(process.base).name not in SERVERS}
        found = open_to_all(sketches, published & speaking, by_hand=not self.some_run)
        taken = {sketch.name for sketch in sketches}
        name = next(name for name in ("gateway", "the-gateway", "stead-gateway") if name not in taken)
        return found and replace(found, name=name)

    def environments(self, sketches: list[ProcessSketch]) -> list[EnvironmentSketch]:
        guesses = {name: why for name, why in self.found.guessed.items() if name not in self.found.environments}
        self.remarks += [guessed(f"the environment {name}, {why}") for name, why in guesses.items()]
        names = {*self.found.environments, *guesses}
        for process in self.own:
            names |= process.variants.keys()
        if not names and self.found.namespaces and KIND not in self.found.used:
            return self._cluster(sketches)
        if not names:
            return []
        return [self._environment(name, sketches) for name in ordered(names | {DEV})]

    def _cluster(self, sketches: list[ProcessSketch]) -> list[EnvironmentSketch]:
        """Return the one environment that manifests without overlays tell of, beside the one for development."""
        namespace = next(filter(None, self.found.namespaces), "")
        if not namespace:
            self.remarks.append(guessed(f"the namespace {self.name()}, as no manifest names one"))
        if any(route.access != "service" for sketch in sketches for route in sketch.routes):
            self.remarks.append(unsure("which Gateway leads to prod: Kubernetes(host=…, gateway=…)"))
        return [EnvironmentSketch(DEV), EnvironmentSketch("prod", namespace=namespace or self.name())]

    def _environment(self, name: str, sketches: list[ProcessSketch]) -> EnvironmentSketch:
        by_name = {process.name: process for process in self.own}
        values = {sketch.name: _differing(by_name[sketch.name], sketch, name) for sketch in sketches}
        away = tuple(sketch.name for sketch in sketches if not sketch.job and _is_away(by_name[sketch.name], name))
        return EnvironmentSketch(name, {key: given for key, given in values.items() if given}, away)


def _differing(process: Process, sketch: ProcessSketch, environment: str) -> dict[str, object]:
    """Return what an environment gives a process that is not its default."""
    given = process.variants.get(environment, {})
    found: dict[str, object] = {}
    for setting in sketch.settings:
        text = given[setting.name].text if setting.name in given and not setting.secret and not sketch.job else None
        if text is not None and converted(text, setting.type) != setting.default:
            found[setting.name] = converted(text, setting.type)
    return found


def _is_away(process: Process, environment: str) -> bool:
    """Return whether only overlays of other environments have a process."""
    running = [part for part in process.parts if part.kind != "folder" and not part.variants]
    return bool(running) and all(part.only and environment not in part.only for part in running)


def _hoisted(sketches: list[ProcessSketch]) -> tuple[Remark, ...]:
    """Take the remarks that are the same many times away from where they are, and return them once for all."""
    of: dict[tuple[str, Remark], list[str]] = defaultdict(list)
    for sketch in sketches:
        for about, remark in _inner(sketch):
            of[about, remark].append(sketch.name)
    many = {key: _owners_text(list(dict.fromkeys(names)), sketches) for key, names in of.items() if len(names) >= MANY}
    gone = {remark for _, remark in many}
    for sketch in sketches:
        sketch.remarks = {about: _without(remarks, gone) for about, remarks in sketch.remarks.items()}
        sketch.needs = [replace(each, remarks=_without(each.remarks, gone)) for each in sketch.needs]
        sketch.calls = [replace(each, remarks=_without(each.remarks, gone)) for each in sketch.calls]
    return tuple(Remark(each.sureness, f"of {whose}{about}: {each.why}") for (about, each), whose in many.items())


def _inner(sketch: ProcessSketch) -> Iterator[tuple[str, Remark]]:
    """Yield the remarks of a process, each with what it is about, for when it is elsewhere."""
    for about, remarks in sketch.remarks.items():
        yield from ((ABOUT.get(about, ""), remark) for remark in remarks)
    for need in sketch.needs:
        yield from ((f", its {need.kind}", remark) for remark in need.remarks)
    for call in sketch.calls:
        yield from ((", its calls", remark) for remark in call.remarks)


def _owners_text(names: list[str], sketches: list[ProcessSketch]) -> str:
    """Return of whom something is said, without a list where it is all whose code is here."""
    own = {sketch.name for sketch in sketches if sketch.folder}
    return "every service" if own and set(names) == own else ", ".join(names)


def _without(remarks: tuple[Remark, ...], others: Collection[Remark]) -> tuple[Remark, ...]:
    return tuple(remark for remark in remarks if remark not in others)
