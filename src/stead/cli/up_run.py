"""The run of `stead up` in this process, and what is shown of it.

It is apart from the command since it imports the supervisor and the console, which takes 300 ms of CPU: `up -d` starts
another process that does, and needs neither.
"""

import asyncio
import signal
import sys
from pathlib import Path

from stead.console.launch import ConsoleProcess
from stead.kit.cleanup import end, finish
from stead.model.load import find, load
from stead.model.printable import printable
from stead.run.forkserver.spawn import ForkserverProcess
from stead.run.options import Options
from stead.run.supervisor import Supervisor


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
