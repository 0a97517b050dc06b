"""How a process starts, where it listens and when it runs: the rules of a description about single processes."""

from collections.abc import Iterator

from stead.model.backend import Backend
from stead.model.egress import HOST_AND_PORT, port_of
from stead.model.job import Job
from stead.model.naming import ENV_NAME
from stead.model.problem import Problem
from stead.model.schedule import ScheduleError
from stead.model.service import AnyService
from stead.model.static_files import APP, is_plain
from stead.model.wiring import PORT

PROXY_NAMES = ("service-proxy", "service-proxy-agent")  # of `stead up`


def names_are_not_taken(backend: Backend) -> Iterator[Problem]:
    """A process has no name that Stead's own proxy has on this machine."""
    for process in backend.processes:
        if process.name in PROXY_NAMES:
            message = f"{process.name} is the name of the proxy in front of commands"
            yield Problem("NAME003", message, process.where, "rename the process")


def services_start_in_one_way(backend: Backend) -> Iterator[Problem]:
    """A service is one of an app, a command, an image, a build, a Worker and static files.

    An image and a build may have a command.
    """
    ways = ("app", "command", "image", "build", "worker", "static")
    for service in backend.services:
        by_itself = "app" if service.static and service.app == APP else ""
        given = [name for name in ways if getattr(service, name) and name != by_itself]
        if len(given) != 1 and given not in (["command", "image"], ["command", "build"]):
            named = " and ".join(given) or "nothing"
            message = f"{service.name} has {named} to start with"
            mend = f"give exactly one of {', '.join(ways[:-1])} and {ways[-1]}"
            yield Problem("SERVICE001", message, service.where, mend)


def arguments_have_an_image(backend: Backend) -> Iterator[Problem]:
    """Only an image, or what a Dockerfile builds, has an entrypoint that takes arguments."""
    processes: tuple[AnyService | Job, ...] = (*backend.services, *backend.jobs)
    for process in processes:
        if process.args and not (process.image or process.build):
            message = f"{process.name} has args, but neither an image nor a build"
            yield Problem("SERVICE003", message, process.where, "add the words to command")


def ports_are_usable(backend: Backend) -> Iterator[Problem]:
    """A program is given its port by a setting, or has one; an app listens where Stead lets it."""
    for service in backend.services:
        port = service.port
        if service.app and port != PORT.name:
            message = f"{service.name} is an app, whose port Stead sets, but has port={port!r}"
            yield Problem("SERVICE004", message, service.where, "remove port, or start it by a command")
        elif isinstance(port, int) and not (1 <= port <= 65_535 and not isinstance(port, bool)):
            yield Problem("SERVICE004", f"{service.name} has port={port!r}", service.where, "write 1 to 65535")
        elif isinstance(port, str) and not ENV_NAME.fullmatch(port):
            message = f"{service.name} has port={port!r}, which is not a name of a setting"
            yield Problem("SERVICE004", message, service.where, "write the name of the variable, such as HTTP_PORT")


def workers_are_not_called(backend: Backend) -> Iterator[Problem]:
    """A worker does not listen, so it has no routes and no callers."""
    for service in (each for each in backend.services if each.is_worker):
        if service.routes or backend.callers(service):
            message = (
                f"{service.name} does not listen (port=None), but {'has routes' if service.routes else 'is called'}"
            )
            yield Problem("SERVICE005", message, service.where, "give it a port, or remove its routes and calls")


def only_programs_sign_by_themselves(backend: Backend) -> Iterator[Problem]:
    """What Stead starts signs its calls by itself, and a Worker's guard signs for it; a program has the choice."""
    for service in (each for each in backend.services if each.signs):
        if not (service.command or service.image or service.build):
            message = f"{service.name} has signs=True, but is no command, image or build"
            yield Problem("SERVICE009", message, service.where, "remove signs: its calls are signed")


def static_folders_are_plain(backend: Backend) -> Iterator[Problem]:
    """Static files are in a folder below the backend.py, which everyone may read."""
    for service in (each for each in backend.services if each.static):
        if not is_plain(str(service.static)):
            where = f"{str(service.static)!r}, which is not a plain folder below the backend.py"
            message = f"the static files of {service.name} are in {where}"
            yield Problem("SERVICE006", message, service.where, 'write the folder of the build, such as "web/dist"')


def static_files_are_only_read(backend: Backend) -> Iterator[Problem]:
    """Static files have GET routes only; a front end calls services from the browser, through the gateway."""
    for service in (each for each in backend.services if each.static):
        for name in ("calls", "needs", "holds", "invariants"):
            if getattr(service, name):
                message = f"{service.name} has {name}, but serves only static files"
                yield Problem("SERVICE007", message, service.where, f"move {name} to a service that the browser calls")
        if str(service.folder) != ".":
            message = f"{service.name} has folder={str(service.folder)!r} beside static={str(service.static)!r}"
            yield Problem("SERVICE007", message, service.where, "remove folder: static is relative to the backend.py")
        for route in service.routes:
            if route.method != "GET" or route.websocket:
                message = f"{route} of {service.name} cannot be served from static files"
                yield Problem("SERVICE007", message, route.where, "move the route to another service")


def egress_is_addresses(backend: Backend) -> Iterator[Problem]:
    """`egress` lists hosts with ports, not URLs."""
    for service in backend.services:
        for each in service.egress:
            if HOST_AND_PORT.fullmatch(each) is None or not 0 < port_of(each) < 65_536:
                message = f"{service.name} has egress {each!r}, which is not host:port"
                yield Problem("SERVICE008", message, service.where, "write egress=['api.example.com:443']")


def schedules_are_due(backend: Backend) -> Iterator[Problem]:
    """A job's schedule can be read, and is due some day."""
    for job in backend.jobs:
        try:
            job.schedule  # noqa: B018 - it is read to see whether it can be
        except ScheduleError as error:
            yield Problem("JOB002", f"the schedule of {job.name}: {error}", job.where, "fix every= or cron=")
        if job.every and job.cron:
            yield Problem("JOB002", f"{job.name} has every and cron", job.where, "keep one of the two")


RULES = (
    names_are_not_taken,
    services_start_in_one_way,
    arguments_have_an_image,
    ports_are_usable,
    workers_are_not_called,
    only_programs_sign_by_themselves,
    static_folders_are_plain,
    static_files_are_only_read,
    egress_is_addresses,
    schedules_are_due,
)
