"""Selection: the part of a backend to run: some services with their callees, or all except some."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from stead.model import AnyService, Backend, Environment, Job, Process
from stead.run.error import RunError

DEV = "dev"


@dataclass(frozen=True)
class Selection:
    """The selected part; empty means everything.

    names    services and jobs to run, with all services that they call
    without  services to leave out
    outside  services that the person starts, in an IDE or a shell; their ports, resources and routes are there
    """

    names: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    def words(self) -> list[str]:
        """Return the words of a command line that choose the same."""
        flags = (("--without", self.without), ("--outside", self.outside))
        return [*self.names, *(word for flag, names in flags for name in names for word in (flag, name))]

    def check(self, backend: Backend) -> None:
        """Raise RunError with every name that is not there."""
        services = {service.name for service in backend.services}
        jobs = {job.name for job in backend.jobs}
        wrong = [name for name in self.names if name not in services | jobs]
        wrong += [name for name in (*self.without, *self.outside) if name not in services]
        if wrong:
            there = ", ".join(sorted(services | jobs)) or "none"
            raise RunError(f"{backend.name} has no {', '.join(dict.fromkeys(wrong))}; there are {there}")

    def narrow(self, backend: Backend, environment: Environment) -> Environment:
        """Return the environment without the services that were not chosen."""
        chosen = self._reached(backend) if self.names else {service.name for service in backend.services}
        left = [each for each in backend.services if each.name not in chosen or each.name in self.without]
        return replace(environment, without=tuple(dict.fromkeys((*environment.without, *left))))

    def why_not(self, backend: Backend, service: AnyService) -> str:
        """Return why this selection leaves a service out; empty when the environment does."""
        if service.name in self.without:
            return "left out by --without"
        return "not selected" if self.names and service.name not in self._reached(backend) else ""

    def runs(self, job: Job) -> bool:
        """Return whether a job runs: one before the services always does, others when they are named."""
        return not self.names or job.name in self.names or (job.runs == "before" and not job.is_scheduled)

    def _reached(self, backend: Backend) -> set[str]:
        """Return the named services, and their direct and indirect callees."""
        found: set[str] = set()
        waiting = [process for process in backend.processes if process.name in self.names]
        while waiting:
            process = waiting.pop()
            if process.name not in found:
                found.add(process.name)
                waiting += self._callees(backend, process)
        return found

    def _callees(self, backend: Backend, process: Process) -> Iterable[Process]:
        return (edge.callee for edge in backend.edges_of(process))


def environment_of(backend: Backend, name: str) -> Environment:
    """Return an environment of a backend; every backend has `dev` on a person's machine."""
    try:
        return backend.environment(name)
    except KeyError:
        if name == DEV:
            return Environment(name)
        names = ", ".join(sorted({DEV, *(each.name for each in backend.environments)}))
        raise RunError(f"{backend.name} has no environment {name}; it has {names}") from None
