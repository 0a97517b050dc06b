"""`stead up`: run a backend on this machine."""

from collections.abc import Mapping
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from stead.cli.option import Flag, Words
from stead.cli.words import path_and_names
from stead.console.config import RUNS
from stead.model import Backend, Environment, Workers
from stead.run.forkserver.spawn import ForkserverProcess, spawn
from stead.run.options import Options
from stead.run.selection import Selection


def up(
    *words: Words,
    environment: Annotated[str, Parameter(["--env", "-e"])] = "dev",
    port: Annotated[int | None, Parameter(validator=Number(gte=0, lte=65535))] = None,
    detach: Annotated[Flag, Parameter(["--detach", "-d"])] = False,
    wait: Flag = False,
    reload: Flag = False,
    without: tuple[str, ...] = (),
    outside: tuple[str, ...] = (),
    on: Annotated[Literal["envoy", "workers"], Parameter("--on")] = "envoy",
    runs: Annotated[int, Parameter(validator=Number(gte=1, lte=1000))] = RUNS,
    spawned: Annotated[ForkserverProcess | None, Parameter(parse=False)] = None,
) -> int:
    """Run a backend on this machine until Ctrl-C; or only some services and those that they call.

    Parameters
    ----------
    environment
        The environment whose values, services and env file are used.
    port
        The port of the gateway; 0 selects a free port. By default 8080, or the next port on which no program of the
        backend always listens.
    detach
        Return when each process is accounted for, and leave the run active. In a run that is active already, start,
        stop and restart what the description has changed.
    wait
        Start everything, report whether all is healthy, and stop: for scripts. With -d the run stays active.
    reload
        Restart a service when one of its files changes, and apply a changed description.
    without
        A service to leave out; may be given several times.
    outside
        A service that you start yourself, in an IDE or by stead run; the others call it at its usual address.
    on
        The gateway's program: Envoy, or the Worker that is deployed to Cloudflare.
    runs
        The number of recorded runs to keep in .stead/runs for the console, this one included.
    """
    path, names = path_and_names(words)
    options = Options(
        environment,
        port,
        reload,
        Selection(names, without, outside),
        _gateway_worker if on == "workers" else None,
        runs,
    )
    if detach:
        from stead.cli.detach import detach as apart

        return apart(path, options)
    spawned = spawned or spawn()
    from stead.cli.up_run import run

    return run(path, options, spawned, until_settled=wait)


def _gateway_worker(backend: Backend, environment: Environment) -> Mapping[str, str]:
    """Render the gateway's Worker, identical to the deployed one."""
    from stead.render.workers.context import WorkersContext
    from stead.render.workers.entry import entry, runtime
    from stead.run.workerd_gateway import ENTRY

    assert backend.gateway
    context = WorkersContext(backend, environment, environment.workers or Workers())
    return {ENTRY: entry(backend.gateway, context), **runtime({"gateway"})}
