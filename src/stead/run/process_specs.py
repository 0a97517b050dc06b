"""The specs of a backend's processes: how each is started, and what it waits for."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

from stead.gateway.proxy.program import listens
from stead.model import Backend, Gateway, Job, Postgres, Process, Service
from stead.model.worker_sources import with_workers
from stead.run import external, probe
from stead.run.command import must_be_built, must_be_there
from stead.run.envoy_specs import gateway_process, proxy_process
from stead.run.error import RunError
from stead.run.forkserver.client import Order
from stead.run.gateway import GatewayProcess
from stead.run.identity import Identity
from stead.run.override import overrides
from stead.run.port import HOST, Ports
from stead.run.process_settings import ROTATED_FOLDER, ProcessSettings
from stead.run.program_addresses import ProgramAddresses
from stead.run.proxy import AGENT, ProxyProcess
from stead.run.resolve import Inputs, Resolver
from stead.run.resources import DATABASE_URL, Resources
from stead.run.secrets import Secrets
from stead.run.selection import Selection, environment_of
from stead.run.service_spec import ServiceStart, service_spec
from stead.run.state_directory import Folder
from stead.run.status import Board, State, Status
from stead.run.supervised_process import Need, ProcessSpec, reached
from stead.run.worker_specs import worker_gateway, workerd_process
from stead.run.workerd import NAME as WORKERD
from stead.run.workerd import WorkerdProcess
from stead.run.workerd_gateway import WorkerFiles, WorkerGateway

OUTSIDE = "start it yourself: stead run {0} -- COMMAND; stead run {0} prints its environment for an IDE"
NO_ENGINE = "needs a container engine: stead up runs apps and commands only"
PUBLIC_READ = ("public", "GET")
DEV = "dev"  # the environment that every backend has on a person's machine
SERVICE_GRACE = 6.0  # seconds; gateway, services and database together end within 10


class ProcessSpecs:
    """Everything that one run of a backend consists of."""

    def __init__(
        self,
        backend: Backend,
        folder: Folder,
        board: Board,
        environment: str,
        port: int | None,
        previous: "ProcessSpecs | None" = None,
        *,
        collector: str = "",
        selection: Selection | None = None,
        worker_files: WorkerFiles | None = None,
    ) -> None:
        """Plan a run; `previous` is one that runs, whose ports, servers, version and collector of spans are kept.

        worker_files  renders the gateway's Worker, where that is to run in place of Envoy; the Workers that stand for
                      services then run in place of these
        """
        self.collector: str = previous.collector if previous else collector
        self.worker_files: WorkerFiles | None = previous.worker_files if previous else worker_files
        if self.worker_files:
            backend = with_workers(backend, environment)
        self.backend, self.folder, self.board = backend, folder, board
        self.selection: Selection = selection or (previous.selection if previous else Selection())
        self.selection.check(backend)
        self.environment = self.selection.narrow(backend, environment_of(backend, environment))
        self.ports: Ports = previous.ports if previous else Ports()
        if previous and previous.backend.gateway:
            self.port: int = previous.port
        else:
            fixed = {each.port for each in backend.services if isinstance(each.port, int)}
            self.port = self.ports.for_gateway(port, fixed) if backend.gateway else self.ports.free()
        listening: dict[str, int] = previous.listening if previous else {}
        self.listening: dict[str, int] = {
            each.name: listening.get(each.name) or self.ports.free() for each in backend.services if listens(each)
        }
        self.programs = ProgramAddresses(self.ports)
        self.programs.plan(backend, self.running(), self.environment, previous.programs if previous else None)
        self.secrets: Secrets = previous.secrets if previous else Secrets(folder)
        if not previous:
            shutil.rmtree(
                folder.path / ROTATED_FOLDER, ignore_errors=True
            )  # rotations of an earlier run are in its secrets
            self.secrets.end_interrupted()  # otherwise a key that was replaced would be accepted forever
        inputs = Inputs.beside(folder.description, self.environment.name)
        self.resolver = Resolver(
            backend, self.environment, inputs, self.secrets, Identity(folder), self.listening, self.programs
        )
        if previous:
            self.resolver.version = previous.resolver.version
        self.settings = ProcessSettings(
            folder, self.running(), self.resolver, lambda resource: self.resources.url(resource), self.collector
        )
        given = self.settings.given
        self.overrides = overrides(backend, self.environment, inputs, lambda process: given.get(process.name, ()))
        admin = inputs.find(DATABASE_URL)
        needed = {process.name: self.settings.resources(process) for process in self.running()}
        self.resources = Resources(backend.name, needed, admin[0] if admin else "", self.settings.pools())
        self.resources.prepare(folder, self.ports, self.secrets, board, previous.resources if previous else None)

    @property
    def url(self) -> str:
        """Where the backend is entered; nothing when it has no gateway."""
        return f"http://{HOST}:{self.port}" if self.backend.gateway else ""

    def all(self) -> Iterator[ProcessSpec]:
        """Yield every spec, and record the processes that do not run."""
        yield from self.resources.plans(self.board)
        for job in filter(self.selection.runs, self.backend.jobs):
            yield self._job(job)
        yield from self._services()
        if workerd := self.workerd():
            yield workerd.plan()
        if proxy := self.proxy():
            yield from proxy.plans(partial(self.reached, AGENT, "healthy"))
        if worker := self.worker_gateway():
            yield from worker.plans()
        elif self.backend.gateway:
            edge = self.edge(self.backend.gateway)
            yield from edge.plans(partial(self.reached, edge.agent, "healthy"))

    def _services(self) -> Iterator[ProcessSpec]:
        """Yield the services that are processes of their own; note on the board those that do not run."""
        for service in self.backend.services:
            if service in self.environment.without:
                why = self.selection.why_not(self.backend, service) or f"left out of {self.environment.name}"
                self.board.add(Status(service.name, "service", "skipped", why=why))
            elif service.name in self.selection.outside:
                self.board.add(Status(service.name, "service", "skipped", why=OUTSIDE.format(service.name)))
            elif in_container(service):
                self.board.add(Status(service.name, "service", "failed", why=NO_ENGINE))
            elif not service.worker:  # workerd runs all Workers
                yield self._service(service)

    def modules(self) -> list[str]:
        """Return what the forkserver loads for this backend: parts of the kit, and the shelf's own apps.

        Modules of the user are left out: they may read their environment at the import.
        """
        inside = [service for service in self.backend.services if service.app]
        agents = self.backend.gateway or self.programs.calls
        found = ["stead.gateway.agent.loop"] if agents else []
        if any(isinstance(need, Postgres) for service in inside for need in service.resources):
            found += ["stead.kit.database", "stead.kit.idempotency"]
        if any(service.calls for service in inside):
            found.append("stead.kit.service_client")
        found += [service.app.partition(":")[0] for service in inside if service.app.startswith("stead.")]
        return list(dict.fromkeys(found))

    def secrets_given(self) -> list[str]:
        """Return the text of every secret, to mask in logs."""
        return [*self.settings.secrets(), *self.resources.passwords(self.secrets), *self.secrets.all()]

    def accounts_for(self, name: str) -> bool:
        """Return whether a status belongs to this plan without a process: of a service, or of a server elsewhere."""
        return any(service.name == name for service in self.backend.services) or self.resources.has(name)

    async def close(self) -> None:
        await self.resources.close()

    def start_of(self, name: str) -> tuple[dict[str, str], Path]:
        """Return the environment and the folder of a service or job; RunError when it has none here, or not yet."""
        found = [process for process in self.running() if process.name == name and not isinstance(process, Gateway)]
        if not found:
            raise RunError(
                f"{name} is not a service or job of this run; there are {', '.join(sorted(self.settings.given))}"
            )
        try:
            return self.settings.environ(found[0]), self.settings.folder_of(found[0])
        except asyncio.InvalidStateError:
            raise RunError(f"a resource of {name} is not ready yet: see stead status") from None

    def running(self) -> tuple[Process, ...]:
        """Return the processes that run here."""

        def runs(process: Process) -> bool:
            absent = isinstance(process, Service) and process in self.environment.without
            if isinstance(process, Job) and not self.selection.runs(process):
                return False
            return not absent and (isinstance(process, Job | Gateway) or not in_container(process))

        return tuple(process for process in self.backend.processes if runs(process))

    def edge(self, gateway: Gateway) -> GatewayProcess:
        return gateway_process(self, gateway)

    def worker_gateway(self) -> WorkerGateway | None:
        """Return the gateway as a Worker; None when it is Envoy, or without a gateway."""
        return worker_gateway(self, self.worker_files) if self.worker_files else None

    def workerd(self) -> WorkerdProcess | None:
        """Return the process that runs all Workers; None where the backend has none."""
        return workerd_process(self, self._jobs_before())

    def host_of(self, name: str) -> str:
        """Return the process in which a service runs: workerd for a Worker."""
        return WORKERD if any(each.name == name and each.worker for each in self.backend.services) else name

    def proxy(self) -> ProxyProcess | None:
        """Return the proxy in front of all commands; None when there is none, and none that calls."""
        return proxy_process(self)

    def _service(self, service: Service) -> ProcessSpec:
        reached = self.listening.get(service.name, 0)
        start = ServiceStart(
            order=self._order(service),
            needs=[*self.needs(service), *self._jobs_before()],
            folder=self.settings.folder_of(service),
            environ=lambda: self.settings.environ(service),
            reached=reached,
            port=self.programs.inner.get(service.name) or reached,
        )
        return service_spec(service, start)

    def _job(self, job: Job) -> ProcessSpec:
        after = (
            [self._healthy(name) for name in self.running_services()] if job.runs == "after" or job.is_scheduled else []
        )
        needs = [*self.needs(job), *after]
        beside = job.runs == "beside"
        return ProcessSpec(
            job.name, "job", self._order(job), probe.always, needs, ends=True, beside=beside, schedule=job.schedule
        )

    def needs(self, process: Service | Job) -> list[Need]:
        """Return the conditions that a process waits for."""
        given = {each.setting.name: each.text or "" for each in self.settings.given[process.name]}
        elsewhere = external.needs(process, lambda each: given.get(each.setting, ""))
        return [*self.resources.needs(process.name), *elsewhere]

    def _order(self, process: Service | Job) -> Callable[[], Awaitable[Order]]:
        folder = self.folder.description.parent

        async def order() -> Order:
            must_be_there(process.command, self.settings.folder_of(process), process.where)
            must_be_built(process, folder)
            return Order(
                process.name,
                self.settings.environ(process),
                self.settings.folder_of(process),
                app=process.app if isinstance(process, Service) else "",
                call=process.entry if isinstance(process, Job) else "",
                command=process.command,
                path=[str(folder)],
            )

        return order

    def _jobs_before(self) -> list[Need]:
        jobs = [job for job in self.backend.jobs if job.runs == "before" and not job.is_scheduled]
        why = "runs before the services"
        return [Need(job.name, why, partial(self.reached, job.name, "done")) for job in jobs]

    def _healthy(self, name: str) -> Need:
        return Need(name, "runs after the services", partial(self.reached, name, "healthy"))

    async def reached(self, name: str, state: State) -> str:
        """Wait until a process is in a state; return the reason when it cannot reach it."""
        return await reached(self.board, self.board.statuses[name], state)

    def addresses(self) -> dict[str, str]:
        """Return where each service is reached once it listens."""
        return {name: f"http://{HOST}:{port}" for name, port in self.reachable().items()}

    def reachable(self) -> dict[str, int]:
        """Return the port of each service that runs, and listens."""
        return {name: self.listening[name] for name in self.running_services() if name in self.listening}

    def running_services(self) -> list[str]:
        return [process.name for process in self.running() if isinstance(process, Service)]


def in_container(service: Service) -> bool:
    """Return whether a service needs a container engine."""
    return bool(service.image or (service.build and not service.command))
