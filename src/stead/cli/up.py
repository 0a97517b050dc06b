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

PORT = 8080


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
    """Run a backend on this machine, until Ctrl-C; or some of its services, with those whom they call.

    Parameters
    ----------
    environment
        The environment whose values, services and env file are used.
    port
        The port of the gateway, 8080 by default; 0 takes any free port.
    detach
        Return when everything is accounted for, and leave it running. What runs already is changed to what the
        description says now: started, stopped, restarted.
    wait
        Start everything, tell whether all is well, and stop again: for a script. With -d it is left running.
    reload
        Restart what a changed file belongs to, and apply a changed description.
    without
        A service that is left out; may be given several times.
    outside
        A service that you start yourself, in an IDE or by stead run; the others reach it as they would.
    on
        What the gateway is: an Envoy, or the Worker that is deployed to Cloudflare.
    runs
        How many runs are kept in .stead/runs for the console, this one among them.
    """
    path, names = path_and_names(words)
    options = Options(
        environment,
        PORT if port is None else port,
        reload,
        Selection(names, without, outside),
        _gateway_worker if on == "workers" else None,
        runs,
    )
    if detach:
        from stead.cli.detach import detach as apart

        return apart(path, options, chosen=port)
    spawned = spawned or spawn()
    from stead.cli.up_run import run

    return run(path, options, spawned, until_settled=wait)


def _gateway_worker(backend: Backend, environment: Environment) -> Mapping[str, str]:
    """Render the gateway's Worker, as it is deployed."""
    from stead.render.workers.context import WorkersContext
    from stead.render.workers.entry import entry, runtime
    from stead.run.workerd_gateway import ENTRY

    assert backend.gateway
    context = WorkersContext(backend, environment, environment.workers or Workers())
    return {ENTRY: entry(backend.gateway, context), **runtime({"gateway"})}
