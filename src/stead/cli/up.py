"""`stead up`: run a backend on this machine."""

import asyncio
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from stead.cli.option import Flag, Words
from stead.cli.words import path_and_names
from stead.console.config import RUNS
from stead.console.launch import ConsoleProcess
from stead.kit.cleanup import end, finish
from stead.model import Backend, Environment, Workers
from stead.model.load import find, load
from stead.model.printable import printable
from stead.run.forkserver.spawn import ForkserverProcess, spawn
from stead.run.options import Options
from stead.run.selection import Selection
from stead.run.supervisor import Supervisor


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
    return run(path, options, spawned or spawn(), until_settled=wait)


def _gateway_worker(backend: Backend, environment: Environment) -> Mapping[str, str]:
    """Render the gateway's Worker, identical to the deployed one."""
    from stead.render.workers.context import WorkersContext
    from stead.render.workers.entry import entry, runtime
    from stead.run.workerd_gateway import ENTRY

    assert backend.gateway
    context = WorkersContext(backend, environment, environment.workers or Workers())
    return {ENTRY: entry(backend.gateway, context), **runtime({"gateway"})}


def run(path: Path, options: Options, spawned: ForkserverProcess, *, until_settled: bool = False) -> int:
    """Supervise the run in this process, and show it."""
    supervisor = Supervisor(find(path), options)
    supervisor.open(spawned)
    console = ConsoleProcess.open(supervisor, options.runs)
    try:
        supervisor.plan(load(path))
    except BaseException:
        if console:
            console.close()
        supervisor.close()
        raise
    return asyncio.run(_live(supervisor, console, until_settled=until_settled))


async def _live(supervisor: Supervisor, console: ConsoleProcess | None, *, until_settled: bool) -> int:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` asks to ignore SIGHUP
            loop.add_signal_handler(number, supervisor.ask_stop)
    judging = asyncio.create_task(_wait_settled(supervisor)) if until_settled else None
    beside = [asyncio.create_task(_show(supervisor))]
    if console:
        beside.append(asyncio.create_task(console.attend(supervisor)))
    try:
        await supervisor.run()
    finally:
        for task in beside:
            await finish(end(task))
    if supervisor.problem:
        print(printable(supervisor.problem), file=sys.stderr)  # noqa: T201 - a command line speaks
    well = await judging if judging else not supervisor.problem
    return 0 if well else 1


async def _show(supervisor: Supervisor) -> None:
    """Show the run after its processes are started: the import of the terminal library takes 100 ms."""
    while not supervisor.board.complete:
        await supervisor.board.changed()
    if not sys.stdout.isatty():
        from stead.cli.plain_output import lines

        await lines(supervisor)
    from stead.cli.screen import screen

    await screen(supervisor)


async def _wait_settled(supervisor: Supervisor) -> bool:
    """Wait until each process is accounted for, then stop; return whether all were healthy."""
    while not supervisor.board.all_settled and not supervisor.board.stopping:
        await supervisor.board.changed()
    well = supervisor.board.well
    supervisor.ask_stop()
    return well
