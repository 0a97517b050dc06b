"""The control socket: answers at the end of a run, and a client that ends in the middle of an answer."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from stead.run.control import Control


class Board:
    async def changed(self):
        await asyncio.Event().wait()


SUPERVISOR = SimpleNamespace(board=Board(), state=lambda: {"processes": []})


async def watching(path):
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(json.dumps({"do": "watch"}).encode() + b"\n")
    assert json.loads(await reader.readline()) == {"ok": True, "processes": []}
    return reader, writer


@pytest.mark.parametrize("answered", [0, 1, 3])
def test_the_end_of_a_run_ends_those_who_watch_without_an_error(tmp_path, answered):
    errors = []

    async def scene():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
        async with Control(SUPERVISOR, tmp_path / "control"):
            watchers = [await watching(tmp_path / "control") for _ in range(answered)]
            late = await asyncio.open_unix_connection(str(tmp_path / "control"))
            await asyncio.sleep(0.05)  # it is accepted, and asks nothing
        for reader, writer in [*watchers, late]:
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()
        await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(scene(), 10))
    assert errors == []
    assert not (tmp_path / "control").exists()
