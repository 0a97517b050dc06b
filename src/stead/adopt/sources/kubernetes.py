"""Kubernetes manifests: what runs, what it is given, under which names it is reached; and Argo CD's Applications."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from stead.adopt.environment import environment_of
from stead.adopt.evidence import Evidence, RoutePart, Value
from stead.adopt.sources import chart, oathkeeper, vault
from stead.adopt.text import at, each, entries, plain, text_at, words, yaml
from stead.check.facts.node import Node
from stead.check.facts.value import is_secret_name
from stead.model.schedule import ScheduleError, cron

KIND = "Kubernetes manifests"
RUNS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"})
HOOKS = {"PreSync": "before", "Sync": "beside", "PostSync": "after"}
COUNT = re.compile(r"[1-9]\d{0,3}")
CPU = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(m?)")
MEMORY = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)(Ki|Mi|Gi|K|M|G)?")
MEBI = {"Ki": 1 / 1024, "Mi": 1.0, "Gi": 1024.0, "K": 1000 / 2**20, "M": 1e6 / 2**20, "G": 1e9 / 2**20, None: 2**-20}
OPEN = frozenset({"LoadBalancer", "NodePort"})
OVERLAYS = frozenset({"overlays", "environments", "envs"})


def read(found: Evidence) -> None:
    """Add what every manifest says."""
    charts = chart.folders(found)
    files = (path for path in found.named("*.yaml", "*.yml") if not charts.intersection(path.parents))
    manifests = [(path, root) for path in files for root in _manifests(found, path)]
    maps = {text_at(root, "metadata", "name"): root for _, root in manifests if text_at(root, "kind") == "ConfigMap"}
    sealed = {_target(root): tuple(_keys(root)) for _, root in manifests if text_at(root, "kind") == "ExternalSecret"}
    for path, root in manifests:
        match text_at(root, "kind"):
            case "Application":
                found.titles += [name for name in [text_at(root, "spec", "project")] if name not in ("", "default")]
            case "Service":
                selected = at(root, "spec", "selector")
                target = next((value.text for _, value in entries(selected) if value.text), "")
                name = target or text_at(root, "metadata", "name")
                found.aliases[text_at(root, "metadata", "name")] = name
                found.exposed |= {name} if text_at(root, "spec", "type") in OPEN else set()
            case "Ingress":
                found.exposed |= set(_backends(root))
            case "ConfigMap":
                oathkeeper.read(found, path, root)
            case kind if kind in RUNS:
                found.namespaces.append(text_at(root, "metadata", "namespace"))
                found.add([_Manifest(found, path, root, maps, sealed).part()], KIND)


def _manifests(found: Evidence, path: Path) -> Iterator[Node]:
    text = found.tree.text(path) or ""
    if "apiVersion:" in text and "kind:" in text and "{{" not in text.partition("kind:")[0]:
        for root in yaml(found.tree, path):
            yield from _listed(root) if text_at(root, "kind") == "List" else [root]


def _listed(root: Node) -> list[Node]:
    items = at(root, "items")
    return [item for item in (items.items if items and items.items else []) if item.pairs]


def _backends(ingress: Node) -> Iterator[str]:
    """Yield the Services to which an Ingress leads."""
    for rule in each(at(ingress, "spec", "rules")):
        for path in each(at(rule, "http", "paths")):
            yield text_at(path, "backend", "service", "name")


def _target(external: Node) -> str:
    """Return the Secret that an ExternalSecret makes: of its own name where it names none."""
    return text_at(external, "spec", "target", "name") or text_at(external, "metadata", "name")


def _keys(external: Node) -> Iterator[str]:
    yield from (text_at(item, "secretKey") for item in each(at(external, "spec", "data")))


class _Manifest:
    """Something that runs."""

    def __init__(
        self,
        found: Evidence,
        path: Path,
        root: Node,
        maps: dict[str, Node],
        sealed: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.sealed = sealed
        self.found, self.path, self.root, self.maps = found, path, root, maps
        self.file = found.name(path)
        self.kind = text_at(root, "kind")
        job = at(root, "spec", "jobTemplate") if self.kind == "CronJob" else root
        self.template = at(job, "spec", "template")
        self.container = next(iter(each(at(self.template, "spec", "containers"))), None)

    def part(self) -> RoutePart:
        environment = self._overlay()
        values = self._values()
        name = text_at(self.root, "metadata", "name")
        if environment:
            self.found.environments.add(environment)
            return RoutePart(name, self.file, "kubernetes", variants={environment: values})
        part = RoutePart(
            name,
            self.file,
            "kubernetes",
            job=self.kind in ("Job", "CronJob"),
            runs=HOOKS.get(self._hook(), "beside"),
            image=text_at(self.container, "image"),
            command=plain((*words(at(self.container, "command")), *words(at(self.container, "args")))),
            values={**values, **vault.values(self.template, self.file)},
            health=self._health(),
            cron=self._cron() if self.kind == "CronJob" else "",
            port=self._port(),
            replicas=int(text) if COUNT.fullmatch(text := text_at(self.root, "spec", "replicas")) else 1,
        )
        part.cpus, part.memory = self._limits()
        for path in vault.paths(self.template):
            name = environment_of(path)
            self.found.guessed |= {name: f"by {path.partition(f'/{name}')[0]}/{name} in Vault"} if name else {}
        part.unsure += self._remarks()
        return part

    def _overlay(self) -> str:
        """Return the environment of a Kustomize overlay that the manifest is a patch of."""
        parts = Path(self.file).parts[:-1]
        return next((environment_of(after) for one, after in pairwise(parts) if one in OVERLAYS), "")

    def _hook(self) -> str:
        return text_at(self.root, "metadata", "annotations", "argocd.argoproj.io/hook")

    def _values(self) -> dict[str, Value]:
        given: dict[str, Value] = {}
        for source in each(at(self.container, "envFrom")):
            name = text_at(source, "configMapRef", "name")
            for key, value in entries(at(self.maps.get(name), "data")):
                given[key] = self._value(key, value.text or "")
            secret_of = text_at(source, "secretRef", "name")
            for key in self.sealed.get(secret_of, ()):
                given[key] = Value(None, self.file, secret=True, help=f"In the Secret {secret_of}.")
        for variable in each(at(self.container, "env")):
            name, secret = text_at(variable, "name"), at(variable, "valueFrom", "secretKeyRef")
            if secret is not None:
                given[name] = Value(None, self.file, secret=True, help=f"In the Secret {text_at(secret, 'name')}.")
            elif at(variable, "valueFrom", "configMapKeyRef") is not None:
                given[name] = self._mapped(name, at(variable, "valueFrom", "configMapKeyRef"))
            elif at(variable, "value") is not None:
                given[name] = self._value(name, text_at(variable, "value"))
        return given

    def _mapped(self, name: str, reference: Node | None) -> Value:
        data = at(self.maps.get(text_at(reference, "name")), "data")
        return self._value(name, text_at(data, text_at(reference, "key")))

    def _value(self, name: str, text: str) -> Value:
        secret = is_secret_name(name)
        return Value(None if secret or "$" in text else text, self.file, text, secret)

    def _health(self) -> str:
        """Return the path of the readiness probe, or else of the one that says whether it lives."""
        for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
            path = text_at(self.container, probe, "httpGet", "path")
            if path:
                return path
        return ""

    def _cron(self) -> str:
        """Return the schedule of a CronJob, where Stead can read it."""
        text = text_at(self.root, "spec", "schedule")
        try:
            cron(text, "UTC")
        except ScheduleError:
            return ""
        return text

    def _port(self) -> int:
        """Return the port on which the container listens, where it names one."""
        named = [text_at(port, "containerPort") for port in each(at(self.container, "ports"))]
        return int(named[0]) if len(named) == 1 and named[0].isdigit() else 0

    def _limits(self) -> tuple[float | None, int | None]:
        limits = at(self.container, "resources", "limits")
        cpu, memory = CPU.fullmatch(text_at(limits, "cpu")), MEMORY.fullmatch(text_at(limits, "memory"))
        cores = float(cpu[1]) / (1000 if cpu[2] else 1) if cpu else None
        return cores, round(float(memory[1]) * MEBI[memory[2]]) if memory else None

    def _remarks(self) -> Iterator[str]:
        if self.kind == "CronJob" and not self._cron():
            yield f"when it runs: its manifest says {text_at(self.root, 'spec', 'schedule')!r}"
        if len(each(at(self.template, "spec", "containers"))) > 1:
            yield "what its other containers are for"
        for source in each(at(self.container, "envFrom")):
            name = text_at(source, "secretRef", "name")
            if name and name not in self.sealed:
                yield f"which settings the Secret {name} has: its container gets all of them"
        if at(self.template, "spec", "initContainers") is not None:
            yield "what its init containers do before it starts"
