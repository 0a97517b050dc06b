"""Compose files: services, what they are built from, what they are given, what they wait for.

An overlay is told from a base by its name: `docker-compose.override.stage.yml` says what differs in `stage`.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from posixpath import normpath

from stead.adopt.environment import environment_of
from stead.adopt.evidence import BuildPart, Evidence, RoutePart, Value
from stead.adopt.secret import is_secret
from stead.adopt.sources.compose_model import ComposeFile, ComposeModel, services
from stead.adopt.sources.envfile import interpolated, near
from stead.adopt.sources.traefik import fronts
from stead.adopt.text import at, each, entries, path_of, plain, reference, text_at, words
from stead.check.facts.compose import variables
from stead.check.facts.interpolation import filled
from stead.check.facts.node import Node
from stead.check.facts.value import is_secret_name

FILE = re.compile(r"(?:docker-)?compose(?P<rest>[\w.-]*)\.ya?ml")
KIND = "Compose files"
PORT_END = re.compile(r"/(?:tcp|udp)$")


def read(found: Evidence) -> None:
    """Add the services of every Compose file: first of the bases, then of the overlays."""
    files = [(path, match) for path in found.named("*.yml", "*.yaml") if (match := FILE.fullmatch(path.name))]
    model = ComposeModel(found)
    ordered = sorted(files, key=lambda file: (bool(_overlay(file[1])), str(file[0])))
    read_files = [(_overlay(match), path, list(model.files(path, path.parent))) for path, match in ordered]
    for overlay, path, parts in read_files:
        for file in () if path in model.included else parts:
            compose = _Compose(found, file, overlay)
            found.titles += filter(None, [text_at(file.root, "name")])
            found.environments |= {compose.overlay} - {""}
            found.add([part for name, node in services(model, file) for part in compose.parts(name, node)], KIND)


def _overlay(match: re.Match[str]) -> str:
    """Return the environment that an overlay is for; empty for a base. An override without a name is for dev."""
    named = environment_of(match["rest"])
    return named or ("dev" if "override" in match["rest"] else "")


class _Compose:
    """One Compose file."""

    def __init__(self, found: Evidence, file: ComposeFile, overlay: str) -> None:
        self.found, self.path, self.overlay = found, file.path, overlay
        self.project = file.project
        self.unsure: list[str] = []  # of the service that is being read
        self.examples = near(found, file.project)
        self.given = interpolated(found, file.project)
        self.known = {part.name for part in found.parts if part.kind == "compose" and not part.only}

    def parts(self, name: str, node: Node) -> list[RoutePart]:
        file = self.found.name(self.path)
        values = {key: self._value(key, text) for key, text, _ in variables(at(node, "environment"))}
        self.found.exposed |= {name} if each(at(node, "ports")) else set()
        if self.overlay and (name in self.known or not (at(node, "image") or at(node, "build"))):
            return [RoutePart(name, file, "compose", variants={self.overlay: values})]
        build = at(node, "build")
        self.unsure = []
        part = RoutePart(
            name,
            file,
            "compose",
            image="" if build else filled(text_at(node, "image"), self._example),
            folder=self._mounted(node) or (self._folder(build) if build else ""),
            command=plain((*words(at(node, "entrypoint")), *words(at(node, "command")))),
            values=values,
            after=tuple(key for key, _ in entries(at(node, "depends_on"))) or _texts(at(node, "depends_on")),
            only=(self.overlay,) if self.overlay else (),
            health=path_of(" ".join(words(at(node, "healthcheck", "test")))),
            build=self._build(build) if build else None,
            probe=_probe(at(node, "healthcheck", "test")),
            port=_port(node),
            job=text_at(node, "restart") == "no" or text_at(node, "restart") == "false",
        )
        for key, value in entries(at(node, "depends_on")):
            if text_at(value, "condition") == "service_completed_successfully":
                self.found.completed.add(key)
        part.unsure += self.unsure
        self._from_env_files(node, part)
        self._aliases(node, name)
        self.found.fronts += fronts(_labels(node), name, file)
        return [part]

    def _mounted(self, node: Node) -> str:
        """Return the folder of the repository in which a service runs, where it is mounted into the container."""
        runs_in = text_at(node, "working_dir").rstrip("/")
        for volume in each(at(node, "volumes")):
            source, _, rest = (volume.text or "").partition(":")
            target = rest.partition(":")[0].rstrip("/")
            if source.startswith(".") and target and f"{runs_in}/".startswith(f"{target}/"):
                folder = self._inside(self.project / source / runs_in[len(target) :].strip("/"))
                return folder if folder != "." else ""
        return ""

    def _folder(self, build: Node) -> str:
        """Return the folder that an image is built from; where that is the whole repository, the Dockerfile's path."""
        context = self._filled(build.text if build.text is not None else text_at(build, "context")) or "."
        if "://" in context or context.startswith("git@"):
            return ""
        top = self.project / context
        folder = self._inside(top)
        dockerfile = self._filled(text_at(build, "dockerfile"))
        if dockerfile and (folder == "." or "/" in dockerfile):
            return self._inside(top / dockerfile)
        return folder

    def _build(self, build: Node) -> BuildPart | None:
        """Return how an image is built, as far as it is from this repository; no argument that may be a secret."""
        context = self._filled(build.text if build.text is not None else text_at(build, "context")) or "."
        folder = self._inside(self.project / context) if "://" not in context and not context.startswith("git@") else ""
        if not folder:
            return None
        dockerfile = self._filled(text_at(build, "dockerfile")) or "Dockerfile"
        if at(build, "dockerfile_inline") is None and not self._is_there(folder, dockerfile):
            self.unsure.append(f"where its Dockerfile is: {self.found.name(self.path)} names {folder}/{dockerfile}")
            return None
        given = {name: filled(text, self._example) for name, text, _ in variables(at(build, "args"))}
        args = tuple(
            (name, text) for name, text in given.items() if text and "$" not in text and not is_secret(name, text)
        )
        return BuildPart(folder, dockerfile, text_at(build, "target"), args)

    def _is_there(self, folder: str, dockerfile: str) -> bool:
        return Path(normpath(self.found.root / folder / dockerfile)) in self.found.tree.known

    def _filled(self, text: str) -> str:
        return filled(text, self._example)

    def _inside(self, path: Path) -> str:
        name = normpath(path)
        return Path(name).relative_to(self.found.root).as_posix() if name.startswith(str(self.found.root)) else ""

    def _example(self, name: str) -> str | None:
        value = self.examples.get(name)
        return (value.text if value else None) or self.given.get(name)

    def _value(self, name: str, text: str) -> Value:
        """Return what a variable is given: what the env example has, where it is given from the environment."""
        file = self.found.name(self.path)
        named = reference(text) if text else name  # `- NAME` without a value takes it from the environment
        example = self.examples.get(named) if named else None
        raw = filled(text, self._example) if text else (self.given.get(name) or example.text if example else None) or ""
        secret = is_secret_name(name) or bool(named and is_secret_name(named))
        settled = raw if raw and "$" not in raw and not secret else None
        return Value(settled, file, raw, secret, example.help if example else "")

    def _from_env_files(self, node: Node, part: RoutePart) -> None:
        """Add what env files give that the file itself does not: it may be more than the program reads."""
        for item in each(at(node, "env_file")):
            named = item.text or text_at(item, "path")
            folder = (self.project / named).parent if named else self.project
            for name, value in near(self.found, Path(normpath(folder))).items():
                part.values.setdefault(name, value)

    def _aliases(self, node: Node, name: str) -> None:
        """Keep under which other names the service is reached."""
        names = [text_at(node, "container_name"), text_at(node, "hostname")]
        for _, network in entries(at(node, "networks")):
            names += _texts(at(network, "aliases"))
        self.found.aliases |= {alias: name for alias in names if alias}


def _probe(test: Node | None) -> tuple[str, ...]:
    """Return the command of a health check, as a container runs it."""
    given = (
        words(test) if test is not None and test.items is not None else ("CMD-SHELL", test.text or "") if test else ()
    )
    match given:
        case ("CMD", *rest):
            return tuple(rest)
        case ("CMD-SHELL", line) if line:
            return ("sh", "-c", line.replace("$$", "$"))
    return ()


def _port(node: Node) -> int:
    """Return the port in the container, where one is named: `8080:80`, `{target: 80}`, `expose: [80]`."""
    named = {PORT_END.sub("", item.text or text_at(item, "target")) for item in each(at(node, "ports"))}
    named = named or {item.text or "" for item in each(at(node, "expose"))}
    ports = {text.rpartition(":")[2] for text in named}
    only = ports.pop() if len(ports) == 1 else ""
    return int(only) if only.isdigit() else 0


def _texts(node: Node | None) -> tuple[str, ...]:
    return tuple(item.text for item in each(node) if item.text)


def _labels(node: Node) -> Mapping[str, str]:
    return {name: text for name, text, _ in variables(at(node, "labels"))}
