"""The supervisor from inside: the order in which things end, and a forkserver that is replaced."""

import asyncio
import signal
import time
from contextlib import asynccontextmanager

import psutil

from run.conftest import family, gone
from stead.model import load
from stead.run.forkserver.spawn import spawn
from stead.run.options import Options
from stead.run.supervisor import Supervisor

PLAIN = 'command="python plain.py", health=Health("/up", contract=False)'
STORED = f'stored = Service("stored", {PLAIN}, needs=[Postgres()])'
STUBBORN = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: print('no')); exec(open('plain.py').read())"


@asynccontextmanager
async def running(folder):
    supervisor = Supervisor(folder / "backend.py", Options(port=0))
    supervisor.open(spawn())
    supervisor.plan(load(folder))
    run = asyncio.create_task(supervisor.run())
    while not supervisor.board.all_settled:
        await asyncio.wait_for(supervisor.board.changed(), 20)
    assert supervisor.board.well, supervisor.board.snapshot()
    yield supervisor
    supervisor.ask_stop()
    await asyncio.wait_for(run, 10)


async def test_it_ends_from_the_outside_in(tiny):
    tiny.describe("echo, stored", 'gateway=Gateway("edge", fronts=[echo])', STORED)
    ended = []
    async with running(tiny.folder) as supervisor:
        note = supervisor.board.set

        def noting(status, state, *words, **rest):
            if state == "stopped":
                ended.append(status.name)
            note(status, state, *words, **rest)

        supervisor.board.set = noting
    assert ended[0] == "edge"
    assert ended[-1] == "postgres"
    assert set(ended) == {"edge", "edge-agent", "echo", "stored", "service-proxy", "postgres"}


async def test_the_kit_is_loaded_anew_and_only_python_starts_again(tiny):
    tiny.describe("echo, plain", 'gateway=Gateway("edge", fronts=[echo])')
    async with running(tiny.folder) as supervisor:
        before = {name: supervised.status.pid for name, supervised in supervisor.processes.items()}
        for _ in range(2):
            await supervisor.renew()
            while not supervisor.board.well:
                await asyncio.wait_for(supervisor.board.changed(), 20)
        after = {name: supervised.status.pid for name, supervised in supervisor.processes.items()}
        same = {name for name in before if before[name] == after[name]}
        assert same == {"plain", "service-proxy", "edge"}
        assert len(supervisor.forkservers) == 2
        assert psutil.Process(after["echo"]).ppid() == supervisor.forkservers[-1].process.pid


def test_one_that_does_not_listen_is_killed_in_time(tiny):
    (tiny.folder / "stubborn.py").write_text(STUBBORN)
    command = 'Service("stubborn", command="python stubborn.py", health=Health("/up", contract=False))'
    process = tiny.describe(command).start()
    tiny.until_settled()
    everything = family(process.pid)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    tiny.until(lambda state: state["stopping"])
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert time.monotonic() - began < 5
    assert gone(everything, 0.5) == []
