"""One process and its probe: what a probe does when it is cancelled keeps nobody from being restarted or stopped."""

import asyncio
import os
import signal
from contextlib import asynccontextmanager

import pytest

from stead.run.forkserver.client import Forkserver, Order
from stead.run.forkserver.spawn import spawn
from stead.run.inherited_environment import inherited
from stead.run.log_file import LogFile, Redaction
from stead.run.status import Board, Status
from stead.run.supervised_process import ProcessSpec, SupervisedProcess


async def stubborn(_pid):
    """A probe that ends just as it is cancelled, and so does not notice: before Python 3.12 `wait_for` was one."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        return ""
    return "never"


async def usual(_pid):
    return ""


@asynccontextmanager
async def a_unit(tmp_path, probe):
    async def order():
        return Order("sleeper", inherited(), tmp_path, command=["sleep", "60"])

    forkserver = Forkserver(spawn())
    forkserver.preload([], complete=True)
    await forkserver.listen()
    board = Board()
    status = board.add(Status("sleeper", "service"))
    log = LogFile(tmp_path / "sleeper.log", Redaction())
    supervised = SupervisedProcess(ProcessSpec("sleeper", "service", order, probe), status, board, forkserver, log)
    supervised.begin()
    try:
        await until(lambda: status.pid)
        yield supervised, status
    finally:
        async with asyncio.timeout(10):
            await supervised.stop()
            await forkserver.close()
        log.close()


async def until(holds):
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("probe", [stubborn, usual])
async def test_what_was_killed_is_started_again(tmp_path, probe):
    async with a_unit(tmp_path, probe) as (_, status):
        for _ in range(2):
            before = status.pid
            os.kill(before, signal.SIGKILL)
            await until(lambda: status.pid not in (None, before))  # noqa: B023 - asked within the round
    assert status.state == "stopped"


@pytest.mark.parametrize("probe", [stubborn, usual])
async def test_what_dies_while_it_is_stopped_stays_stopped(tmp_path, probe):
    async with a_unit(tmp_path, probe) as (supervised, status):
        os.kill(status.pid, signal.SIGKILL)
        await asyncio.wait_for(supervised.stop(), 5)
        await asyncio.sleep(0.5)
        assert (status.state, status.pid) == ("stopped", None)
