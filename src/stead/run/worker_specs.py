"""The Workers of a run as processes: one workerd for the services, and one for a gateway that is a Worker."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from stead.model import Backend, Environment, Job, Process, Service
from stead.model.wiring import binding_name
from stead.run.port import HOST
from stead.run.process_settings import ProcessSettings
from stead.run.program_addresses import ProgramAddresses
from stead.run.resources import Resources
from stead.run.state_directory import Folder
from stead.run.status import Board
from stead.run.supervised_process import Need
from stead.run.workerd import FOLDER, LocalWorker, WorkerdProcess
from stead.run.workerd_bindings import check_service_bindings
from stead.run.workerd_bundle import WorkerSource
from stead.run.workerd_gateway import FOLDER as GATEWAY_FOLDER
from stead.run.workerd_gateway import WorkerFiles, WorkerGateway


class Specs(Protocol):
    """A run, as far as its Workers concern it."""

    backend: Backend
    environment: Environment
    folder: Folder
    board: Board
    port: int
    listening: dict[str, int]
    programs: ProgramAddresses
    resources: Resources
    settings: ProcessSettings

    @property
    def url(self) -> str: ...
    def running(self) -> tuple[Process, ...]: ...
    def running_services(self) -> list[str]: ...
    def needs(self, process: Service | Job) -> list[Need]: ...


def workerd_process(specs: Specs, before: Sequence[Need]) -> WorkerdProcess | None:
    """Return the process that runs all Workers; None without Workers. `before` is awaited first."""
    workers = [process for process in specs.running() if isinstance(process, Service) and process.worker]
    if not workers:
        return None
    needs = {need.what: need for worker in workers for need in specs.needs(worker)}
    local = [_worker(specs, worker) for worker in workers]
    return WorkerdProcess(local, specs.folder.path / FOLDER, specs.board, [*needs.values(), *before])


def _worker(specs: Specs, worker: Service) -> LocalWorker:
    calls = {callee: port for (caller, callee), port in specs.programs.calls.items() if caller == worker.name}
    callees = {edge.callee.name: edge.callee for edge in specs.backend.edges_of(worker)}
    folder, environment = specs.folder.description.parent, specs.environment.name
    return LocalWorker(
        WorkerSource.of(worker, folder),
        partial(specs.settings.of, worker),
        {binding_name(worker, callees[name]): port for name, port in calls.items() if name in callees},
        specs.programs.inner[worker.name],
        f"http://{HOST}:{specs.listening[worker.name]}",
        environment,
        partial(check_service_bindings, worker, specs.backend, folder, environment),
    )


def worker_gateway(specs: Specs, files: WorkerFiles) -> WorkerGateway | None:
    """Return the gateway as a Worker; None where the backend has none."""
    gateway = specs.backend.gateway
    if gateway is None:
        return None
    callees = {binding_name(gateway, edge.callee): edge.callee.name for edge in specs.backend.edges_of(gateway)}
    running = specs.running_services()
    return WorkerGateway(
        gateway,
        files(specs.backend, specs.environment),
        specs.settings.of(gateway),
        {name: specs.listening[callee] for name, callee in callees.items() if callee in running},
        specs.folder.path / GATEWAY_FOLDER,
        specs.folder.description.parent,
        specs.port,
        specs.url,
    )
