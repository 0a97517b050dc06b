"""Compose files: services, what they are built from, what they are given, what they wait for.

An overlay is told from a base by its name: `docker-compose.override.stage.yml` says what differs in `stage`.
"""

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from posixpath import normpath

from stead.adopt.environment import environment_of
from stead.adopt.evidence import BuildPart, Evidence, RoutePart, Value
from stead.adopt.secret import is_secret
from stead.adopt.sources.envfile import interpolated, near
from stead.adopt.sources.traefik import fronts
from stead.adopt.text import path_of, plain, reference, split
from stead.check.compose_model import ComposeModel
from stead.check.facts.config_values import LIST, PART
from stead.check.facts.interpolation import filled
from stead.check.facts.value import is_secret_name
from stead.check.merged_config import MergedConfig, tree

FILE = re.compile(r"(?:docker-)?compose(?P<rest>[\w.-]*)\.ya?ml")
KIND = "Compose files"
UNREAD = ("yaml", "bomb")  # faults that leave the rest of a file readable
PORT_END = re.compile(r"/(?:tcp|udp)$")


def read(found: Evidence) -> None:
    """Add the services of every Compose file: first of the bases, then of the overlays."""
    files = [(path, match) for path in found.named("*.yml", "*.yaml") if (match := FILE.fullmatch(path.name))]
    model = model_of(found)
    ordered = sorted(files, key=lambda file: (bool(_overlay(file[1])), str(file[0])))
    read_files = [(_overlay(match), path, list(model.files(path))) for path, match in ordered]
    for overlay, path, parts in read_files:
        for file in () if path in model.included else parts:
            _add(found, model, file, overlay)
    found.tree.notes += (f"{found.name(file)}: {what}" for file, what in model.faults)


def model_of(found: Evidence) -> ComposeModel:
    """Return the repository's Compose files as one model; what cannot be read of one is noted."""

    def written(path: Path) -> MergedConfig | None:
        if path not in found.tree.known:
            return None
        facts = found.cache.facts(path, found.tree)
        unread = (at for at in facts.faults if at.more in UNREAD)
        found.tree.notes += (f"{path}:{at.line} was not read: {at.text}" for at in unread)
        return tree(path, (at for at in facts.values if PART in at.more))

    return ComposeModel(lru_cache(maxsize=None)(written))


def _add(found: Evidence, model: ComposeModel, path: Path, overlay: str) -> None:
    """Add the services of one file, for the environment of the one that includes it."""
    root = model.file(path)
    if root is None:
        return
    compose = _Compose(found, model, path, overlay)
    found.titles += filter(None, [root.text_at("name")])
    found.environments |= {overlay} - {""}
    found.add(
        [part for name, each in root.each("services") if each.members for part in compose.parts(name, each)], KIND
    )


def _overlay(match: re.Match[str]) -> str:
    """Return the environment that an overlay is for; empty for a base. An override without a name is for dev."""
    named = environment_of(match["rest"])
    return named or ("dev" if "override" in match["rest"] else "")


class _Compose:
    """One Compose file."""

    def __init__(self, found: Evidence, model: ComposeModel, path: Path, overlay: str) -> None:
        self.found, self.model, self.path, self.overlay = found, model, path, overlay
        self.unsure: list[str] = []  # of the service that is being read
        self.examples = near(found, model.home(path))
        self.given = interpolated(found, model.home(path))
        base = [part for part in found.parts if part.kind == "compose" and not part.only]
        self.known = {part.name for part in base}
        programs = Counter(filter(None, map(_program, base)))
        self.programs = {key: part.name for part in base if (key := _program(part)) and programs[key] == 1}

    def parts(self, name: str, service: MergedConfig) -> list[RoutePart]:
        file = self.found.name(self.path)
        values = {key: self._value(key, each.text) for key, each in service.each("environment")}
        self.found.exposed |= {name} if [*service.each("ports")] else set()
        build, image = service.get("build"), service.text_at("image")
        if self.overlay and (name in self.known or not (image or build)):
            return [RoutePart(name, file, "compose", variants={self.overlay: values}, after=_waits(service))]
        self.unsure = []
        test = service.get("healthcheck", "test")
        part = RoutePart(
            name,
            file,
            "compose",
            image="" if build else self._filled(image),
            folder=self._mounted(service) or (self._folder(build) if build else ""),
            command=plain((*_words(service.get("entrypoint")), *_words(service.get("command")))),
            values=values,
            after=_waits(service),
            only=(self.overlay,) if self.overlay else (),
            health=path_of(" ".join(_words(test))),
            build=self._build(build) if build else None,
            probe=_probe(test),
            port=_port(service),
            job=service.text_at("restart") in ("no", "false"),
        )
        self.found.completed |= {
            key
            for key, each in service.each("depends_on")
            if each.text_at("condition") == "service_completed_successfully"
        }
        same = self.programs.get(_program(part)) if self.overlay else None
        if same:  # the base file has another name for it
            self.found.aliases[name] = same
            return [RoutePart(same, file, "compose", variants={self.overlay: values}, after=part.after)]
        part.unsure += self.unsure
        self._from_env_files(service, part)
        self._aliases(service, name)
        labels = {label: each.text for label, each in service.each("labels")}
        self.found.fronts += fronts(labels, name, file)
        return [part]

    def _mounted(self, service: MergedConfig) -> str:
        """Return the folder of the repository in which a service runs, where it is mounted into the container."""
        runs_in = service.text_at("working_dir").rstrip("/")
        for _, volume in service.each("volumes"):
            source, _, rest = volume.text.partition(":")
            target = rest.partition(":")[0].rstrip("/")
            if source.startswith(".") and target and f"{runs_in}/".startswith(f"{target}/"):
                folder = self._inside(self.model.place(volume, f"{source}/{runs_in[len(target) :].strip('/')}"))
                return folder if folder != "." else ""
        return ""

    def _context(self, build: MergedConfig) -> Path | None:
        """Return the folder that an image is built from; None where that is not on this machine."""
        context = self._filled(build.text or build.text_at("context")) or "."
        away = "://" in context or context.startswith("git@")
        return None if away else self.model.place(build.get("context") or build, context)

    def _folder(self, build: MergedConfig) -> str:
        """Return the folder that an image is built from; where that is the whole repository, the Dockerfile's path."""
        top = self._context(build)
        if top is None:
            return ""
        folder = self._inside(top)
        dockerfile = self._filled(build.text_at("dockerfile"))
        if dockerfile and (folder == "." or "/" in dockerfile):
            return self._inside(Path(normpath(top / dockerfile)))
        return folder

    def _build(self, build: MergedConfig) -> BuildPart | None:
        """Return how an image is built, as far as it is from this repository; no argument that may be a secret."""
        top = self._context(build)
        folder = self._inside(top) if top is not None else ""
        if not folder:
            return None
        dockerfile = self._filled(build.text_at("dockerfile")) or "Dockerfile"
        if build.get("dockerfile_inline") is None and not self._is_there(folder, dockerfile):
            self.unsure.append(f"where its Dockerfile is: {self.found.name(self.path)} names {folder}/{dockerfile}")
            return None
        given = {name: self._filled(each.text) for name, each in build.each("args")}
        args = tuple(
            (name, text) for name, text in given.items() if text and "$" not in text and not is_secret(name, text)
        )
        return BuildPart(folder, dockerfile, build.text_at("target"), args)

    def _is_there(self, folder: str, dockerfile: str) -> bool:
        return Path(normpath(self.found.root / folder / dockerfile)) in self.found.tree.known

    def _filled(self, text: str) -> str:
        return filled(text, self._example)

    def _inside(self, path: Path) -> str:
        return self.found.folder(path) if path.is_relative_to(self.found.root) else ""

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

    def _from_env_files(self, service: MergedConfig, part: RoutePart) -> None:
        """Add what env files give that the file itself does not: it may be more than the program reads."""
        for _, item in service.each("env_file"):
            for name, value in near(
                self.found, self.model.place(item, item.text or item.text_at("path")).parent
            ).items():
                part.values.setdefault(name, value)

    def _aliases(self, service: MergedConfig, name: str) -> None:
        """Keep under which other names the service is reached."""
        names = [service.text_at("container_name"), service.text_at("hostname")]
        for _, network in service.each("networks"):
            names += network.words("aliases")
        self.found.aliases |= {alias: name for alias in names if alias}


def _waits(service: MergedConfig) -> tuple[str, ...]:
    return tuple(key for key, _ in service.each("depends_on"))


def _program(part: RoutePart) -> tuple[str, ...]:
    """Return what tells a program from another one of the repository; nothing of one that is not built here."""
    build = part.build
    return (build.context, build.dockerfile, build.target, *part.command) if build else ()


def _words(command: MergedConfig | None) -> tuple[str, ...]:
    """Return a command that is given as a list or as one text."""
    if command is None:
        return ()
    return tuple(each.text for each in command.members.values()) if command.kind == LIST else split(command.text)


def _probe(test: MergedConfig | None) -> tuple[str, ...]:
    """Return the command of a health check, as a container runs it."""
    listed = test is not None and test.kind == LIST
    match _words(test) if listed else ("CMD-SHELL", test.text if test is not None else ""):
        case ("CMD", *rest):
            return tuple(rest)
        case ("CMD-SHELL", line) if line:
            return ("sh", "-c", line.replace("$$", "$"))
    return ()


def _port(service: MergedConfig) -> int:
    """Return the port in the container, where one is named: `8080:80`, `{target: 80}`, `expose: [80]`."""
    named = {PORT_END.sub("", each.text or each.text_at("target")) for _, each in service.each("ports")}
    named = named or {each.text for _, each in service.each("expose")}
    ports = {text.rpartition(":")[2] for text in named}
    only = ports.pop() if len(ports) == 1 else ""
    return int(only) if only.isdigit() else 0
