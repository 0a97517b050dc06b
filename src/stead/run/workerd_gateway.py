"""The gateway on this machine as the deployed Worker: rendered, bundled, and run by its own workerd.

It replaces Envoy in front of the same services, so that a run tests the deployed code.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from stead.model import Backend, Environment, Gateway, Service
from stead.model.health import HEALTH
from stead.model.workers import COMPATIBILITY_DATE
from stead.run import probe
from stead.run.error import RunError
from stead.run.forkserver.client import Order
from stead.run.inherited_environment import inherited
from stead.run.port import HOST
from stead.run.supervised_process import ProcessSpec
from stead.run.workerd_bundle import WorkerSource, bundle, program
from stead.run.workerd_config import WorkerConfig, variable, written

FOLDER = "gateway-worker"
ENTRY = "gateway/index.js"
GRACE = 1.5  # seconds
FILES = "http://files"  # where the Worker finds what a file: URL names
WorkerFiles = Callable[[Backend, Environment], Mapping[str, str]]  # the rendered Worker, its entry under ENTRY


@dataclass(frozen=True)
class WorkerGateway:
    """A backend's gateway as a Worker.

    files     what is rendered, by path; the entry among them
    settings  its vars and secrets
    callees   per service binding, the port where the service listens
    """

    gateway: Gateway
    files: Mapping[str, str]
    settings: Mapping[str, str]
    callees: Mapping[str, int]
    folder: Path
    project: Path
    port: int
    url: str

    def plans(self) -> Iterator[ProcessSpec]:
        check = probe.http(self.port, HEALTH)
        alive = probe.answers(self.port, HEALTH)
        yield ProcessSpec(self.gateway.name, "gateway", self._order, check, (), self.url, GRACE, alive=alive)

    def fingerprint(self) -> object:
        """Return all that its start depends on."""
        return sorted(self.files.items()), sorted(self.settings.items()), sorted(self.callees.items())

    async def _order(self) -> Order:
        await asyncio.to_thread(self._bundle)
        name = self.gateway.name
        settings, keys = _reachable(self.settings)
        config = WorkerConfig(name, "gateway.js", self.port, sorted(settings), self.callees, keys)
        file = self.folder / "workerd.capnp"
        file.write_text(written([config], HOST, COMPATIBILITY_DATE))
        environ = inherited() | {variable(name, each): text for each, text in settings.items()}
        binary = program("workerd", self.project)
        return Order(name, environ, self.folder, command=(binary, "serve", "--verbose", str(file)))

    def _bundle(self) -> None:
        for path, text in self.files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.folder / path).write_text(text)
        stand_in = Service(self.gateway.name, worker=ENTRY, where=self.gateway.where)
        bundle(WorkerSource.of(stand_in, self.folder), self.folder / "gateway.js", programs=self.project)


def _reachable(settings: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Give a file: URL as one that a Worker can fetch; return the folder of the files as well."""
    found, folders = dict(settings), set()
    for name, text in settings.items():
        if text.startswith("file:"):
            path = Path(urlsplit(text).path)
            found[name] = f"{FILES}/{path.name}"
            folders.add(str(path.parent))
    if len(folders) > 1:
        raise RunError(f"the files that the gateway reads are in several folders: {', '.join(sorted(folders))}")
    return found, next(iter(folders), "")
