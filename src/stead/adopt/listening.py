"""Listening: the port on which a process listens, and how it says that it is healthy.

Stead gives a program its port in a setting. Which one a program reads is what its code says, else what its framework is
known for, else a number: in its command, its code, its Dockerfile. A program whose code listens nowhere is a worker.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.adopt.image import SERVERS, image, probe_of
from stead.adopt.process import LAST_PORT, Process
from stead.adopt.setting import PORTS
from stead.adopt.sketch import ProcessSketch, guessed, unsure
from stead.check.source import SERVES
from stead.model.command_port import command_port
from stead.model.health import HEALTH, KEYS
from stead.model.wiring import PORT

FLAG = re.compile(r"(?:^|\s)(?:--port|-p|--bind|-b)[=\s]")
# What a framework reads where the command names no port.
BY_COMMAND = {
    "uvicorn": "UVICORN_PORT",
    "flask": "FLASK_RUN_PORT",
    "gunicorn": PORT.name,
    "next": PORT.name,
    "fastapi": PORT.name,
}
HEALTHS = re.compile(
    r"""["'`](?:GET )?((?:/api|/v\d|/-|/internal|/actuator|/status)*/"""
    r"""(?:healthz?|readyz?|livez|healthcheck|health-check|healthy|alive|ping))["'`]"""
)
ADDRESS_NAME = re.compile(r"ADDR|LISTEN|BIND")
ADDRESS = re.compile(r"[\w.\[\]:]{0,60}:(\d{2,5})")
QUOTED = re.compile(rf"""["'`]{HEALTH}["'`]""")
ACTUATOR = "/actuator/health"
MANIFESTS = ("build.gradle", "build.gradle.kts", "pom.xml")


def listen(process: Process, sketch: ProcessSketch, path: str) -> None:
    """Write into the sketch where a service listens, and how it reports health; `path` is what a file says of it."""
    if sketch.cron and not sketch.folder:
        sketch.remark("cron", unsure("how Compose runs it: it has no cron; Kubernetes has"))
    if sketch.job or sketch.worker:
        return
    if sketch.command:
        _port(process, sketch)
        if sketch.port is not None:
            _health(process, sketch, path or _path(process))
    else:
        _foreign(process, sketch, path)


def _port(process: Process, sketch: ProcessSketch) -> None:
    """Say how a program that is started by its own source learns its port."""
    line = " ".join(sketch.command)
    literal = command_port(tuple(sketch.command))
    named = "" if _is_behind_web(process) else _setting(process, line)
    if named or "$PORT" in line or "${PORT" in line:
        sketch.port = named or PORT.name
    elif literal:
        sketch.port = literal
    elif _is_behind_web(process):
        sketch.port = None
        sketch.remark("port", guessed("a Procfile's web alone gets requests"))
    elif number := _listened(process) or _addressed(process):
        sketch.port = number
    elif _is_worker(process):
        sketch.port = None
        sketch.remark("port", guessed("nothing in its code listens"))
    elif process.port:
        sketch.port = process.port
        sketch.remark("port", guessed("its container listens there"))
    else:
        sketch.remark("", unsure("how it gets its port: Stead sets PORT"))


def _setting(process: Process, line: str) -> str:
    """Return the variable in which a program finds its port; empty where none can be determined."""
    read = [name for name in (PORT.name, *sorted(PORTS - {PORT.name})) if name in process.reads]
    if read or process.mentions("${PORT"):
        return read[0] if read else PORT.name
    if any(kind in text for kind in ("org.springframework.boot", "spring-boot") for text in _manifests(process)):
        return "SERVER_PORT"
    if any("Microsoft.NET.Sdk.Web" in text for text in _manifests(process)):
        return "ASPNETCORE_HTTP_PORTS"
    program = next((BY_COMMAND[word] for word in line.split() if word in BY_COMMAND), "")
    if program and not FLAG.search(line):
        return program
    return PORT.name if PORT.name in process.values and command_port((line,)) is None and not _listened(process) else ""


def _manifests(process: Process) -> Iterator[str]:
    tree, folder = process.found.tree, process.found.root / process.folder
    named = (path for path in tree.below(folder) if path.name in MANIFESTS or path.suffix == ".csproj")
    yield from filter(None, (tree.text(path) for path in named if process.folder != "." or path.parent == folder))


def _listened(process: Process) -> int:
    """Return the one port on which its code listens, where that is a number."""
    facts = (process.found.cache.facts(path, process.found.tree) for path in process.files)
    ports = {at.more for each in facts for at in each.listens if at.more and int(at.more) <= LAST_PORT}
    return int(ports.pop()) if len(ports) == 1 else 0


def _is_behind_web(process: Process) -> bool:
    """Return whether a Procfile starts it beside its `web`, to which alone a platform sends requests."""
    return any(part.kind == "procfile" for part in process.parts) and not process.published


def _addressed(process: Process) -> int:
    """Return the port of the one address that its code takes from a variable by default, such as `:8080`."""
    named = (at.more.partition(":")[2] for name, at in process.reads.items() if ADDRESS_NAME.search(name))
    ports = {int(found[1]) for text in named if (found := ADDRESS.fullmatch(text))}
    return ports.pop() if len(ports) == 1 else 0


def listens_nowhere(process: Process) -> bool:
    """Return whether a program neither listens by its code nor reads a port, by its framework or by itself."""
    return not _setting(process, "") and _is_worker(process)


def _is_worker(process: Process) -> bool:
    """Return whether nothing in its code, and no file about it, speaks of a port."""
    spoken = (
        any(part.kind == "worker" for part in process.parts)
        or process.published
        or process.port
        or any(part.health for part in process.parts)
    )
    return bool(process.files) and not spoken and process.search(SERVES) is None


def _path(process: Process) -> str:
    """Return the path at which its code says that it is healthy; empty where it has none."""
    if process.search(QUOTED, process.health_files):
        return HEALTH
    if any("actuator" in text for text in _manifests(process)):
        return ACTUATOR
    found = process.search(HEALTHS, (path for path in process.files if _may_declare_port(process, path)))
    return found[1] if found else HEALTH if process.health_files else ""


def _may_declare_port(process: Process, path: Path) -> bool:
    text = process.found.tree.text(path) or ""
    return any(word in text for word in ("health", "ready", "live", "ping"))


def _health(process: Process, sketch: ProcessSketch, path: str) -> None:
    if path == HEALTH and _keeps_the_contract(process):
        return
    sketch.health, sketch.tcp = path, not path
    if sketch.tcp:
        sketch.remark("health", unsure("its health path; only a connection to its port is checked"))


def _keeps_the_contract(process: Process) -> bool:
    """Return whether its code answers with the keys of Stead's health contract."""
    keys = (re.compile(rf"\b{key}\b[\"']?\s*[:=,]") for key in KEYS)
    return all(process.search(key, process.health_files) for key in keys)


def _foreign(process: Process, sketch: ProcessSketch, path: str) -> None:
    """Say of a program that only its image starts what can be asked of it."""
    about = image(process.base)
    server = SERVERS.get(about.name)
    sketch.port = process.port or (server.port if server else 0) or about.port or PORT.name
    sketch.probe = process.probe or (server.probe if server else ()) or probe_of(process.base, sketch.port, path or "/")
    sketch.health = path if path and not sketch.probe else ""
    sketch.tcp = not path and not sketch.probe
    if server:
        sketch.remark("", unsure(f"how its clients find it: it is {server.kind}, which is not a resource of Stead's"))
    if not sketch.probe:
        what = "its health check, a command in its image: Health(probe=(…)), which Compose needs"
        sketch.remark("health", unsure(what))
