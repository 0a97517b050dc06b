"""All Workers of a backend on this machine in one workerd; the status shows each of them.

One process holds them all, as Cloudflare's own runtime does: a second Worker costs a few megabytes. A Worker that
cannot be bundled is left out and shown as failed; the others run.
"""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from stead.model import AnyService
from stead.model.wiring import PORT
from stead.model.workers import COMPATIBILITY_DATE
from stead.run import probe
from stead.run.error import RunError
from stead.run.forkserver.client import Order
from stead.run.inherited_environment import inherited
from stead.run.port import HOST
from stead.run.status import Board, State, Status
from stead.run.supervised_process import Need, ProcessSpec
from stead.run.workerd_bindings import worker_bindings
from stead.run.workerd_bundle import WorkerSource, bundle, program
from stead.run.workerd_config import WorkerConfig, variable, written
from stead.run.workerd_storage import prepare

NAME = "workerd"
FOLDER = "workers"
GRACE = 3.0  # seconds
OPTIONS = ("serve", "--verbose")


@dataclass(frozen=True)
class LocalWorker:
    """A Worker of this run.

    environ  returns its settings, once its resources are there
    callees  per service binding, the port where its callee is asked
    port     where it listens; only the proxy and the supervisor ask there
    url      where its callers ask
    environment  whose section of its wrangler configuration is read
    check    raises RunError when that configuration binds a Worker that the run does not have
    """

    source: WorkerSource
    environ: Callable[[], Mapping[str, str]]
    callees: Mapping[str, int]
    port: int
    url: str
    environment: str
    check: Callable[[], None]

    @property
    def service(self) -> AnyService:
        return self.source.service

    @property
    def name(self) -> str:
        return self.service.name

    @property
    def probe(self) -> probe.Probe:
        health = self.service.health
        return probe.http(self.port, health.path, any_success=not health.contract)


@dataclass
class WorkerdProcess:
    """The one process, with the state of each Worker. `wrong` has the reason of each unhealthy Worker, by name."""

    workers: Sequence[LocalWorker]
    folder: Path
    board: Board
    needs: Sequence[Need]
    wrong: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def plan(self) -> ProcessSpec:
        """Return how it is run; each Worker is on the board from now on."""
        for worker in self.workers:
            status = self.board.statuses.get(worker.name) or self.board.add(Status(worker.name, "service"))
            status.url = worker.url
        period = max(worker.service.health.start_period for worker in self.workers)
        return ProcessSpec(
            NAME,
            "service",
            self._order,
            self._probe,
            self.needs,
            "",
            GRACE,
            start_period=period,
            observe=self._set_state,
        )

    def fingerprints(self) -> Iterator[object]:
        """Yield the conditions of each Worker's start, beside its settings."""
        for worker in self.workers:
            yield worker.name, str(worker.source.entry), sorted(worker.callees.items()), repr(worker.service.health)

    async def _order(self) -> Order:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.wrong.clear()
        self.broken.clear()
        started = [worker for worker in self.workers if await self._is_bundled(worker)]
        if not started:
            raise RunError("; ".join(f"{name}: {why}" for name, why in self.broken.items()))
        binary = program("workerd", started[0].source.entry.parent)
        environs = {worker.name: _settings(worker) for worker in started}
        configs = [_config(each, environs[each.name]) for each in started]
        prepare([each.bindings for each in configs], self.folder, started[0].source.entry.parent)
        config = self.folder / "workerd.capnp"
        config.write_text(written(configs, HOST, COMPATIBILITY_DATE, self.folder))
        environ = inherited() | {
            variable(name, setting): text for name, environ in environs.items() for setting, text in environ.items()
        }
        options = (*OPTIONS, "--experimental") if any(each.bindings for each in configs) else OPTIONS
        return Order(NAME, environ, self.folder, command=(binary, *options, str(config)))

    async def _is_bundled(self, worker: LocalWorker) -> bool:
        try:
            await asyncio.to_thread(bundle, worker.source, self.folder / f"{worker.name}.js")
            worker_bindings(worker.source, worker.environment)
            worker.check()
        except RunError as error:
            self.broken[worker.name] = str(error)
            return False
        return True

    async def _probe(self, pid: int) -> str:
        """Probe every Worker; the process is healthy when one answers, since the others have their own state."""
        asked = [worker for worker in self.workers if worker.name not in self.broken]
        answers = await asyncio.gather(*(worker.probe(pid) for worker in asked))
        self.wrong = {worker.name: wrong for worker, wrong in zip(asked, answers, strict=True) if wrong}
        wrong = "; ".join(f"{name}: {why}" for name, why in self.wrong.items())
        if len(self.wrong) == len(asked):
            return wrong
        self._set_state("healthy", "")
        return ""

    def _set_state(self, state: State, why: str) -> None:
        """Set the state of each Worker, from the process or from the Worker itself."""
        for worker in self.workers:
            status = self.board.statuses.get(worker.name)
            if status is None:
                continue
            if broken := self.broken.get(worker.name):
                self.board.set(status, "failed", broken)
            elif state == "healthy" and worker.name in self.wrong:
                self.board.set(status, "unhealthy", self.wrong[worker.name])
            else:
                self.board.set(status, state, "" if state == "healthy" else why)


def _settings(worker: LocalWorker) -> dict[str, str]:
    """Return the Worker's settings without a port, since the runtime listens."""
    return {name: fetchable(text) for name, text in worker.environ().items() if name != PORT.name}


def fetchable(text: str) -> str:
    """Return a file: URL, such as that of a key set for development, as a data: URL: a Worker has no files."""
    if not text.startswith("file:"):
        return text
    path = Path(unquote(urlsplit(text).path))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RunError(f"{path} cannot be read for a Worker: {error.strerror}") from None
    return f"data:application/json;base64,{b64encode(content).decode()}"


def _config(worker: LocalWorker, environ: Mapping[str, str]) -> WorkerConfig:
    bindings = worker_bindings(worker.source, worker.environment)
    module = f"{worker.name}.js"
    return WorkerConfig(worker.name, module, worker.port, sorted(environ), worker.callees, bindings=bindings)
