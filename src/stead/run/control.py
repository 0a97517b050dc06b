"""The control socket, by which other commands send requests to a running supervisor. A request is one JSON line, a
response is JSON lines. A socket in a private folder needs no password and no port; a user who may open it may stop the
processes anyway.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, Self

from stead.kit.cleanup import end, finish
from stead.model import SteadError
from stead.run.change import Change
from stead.run.error import RunError
from stead.run.status import Board
from stead.run.supervised_process import SupervisedProcess

LONGEST = 65_536  # bytes of a question
CLOSING = 1.0  # seconds in which the last answer has to be read
Answer = dict[str, Any]


class Controlled(Protocol):
    """The requests of a supervisor."""

    board: Board

    def state(self) -> dict[str, Any]: ...
    def named(self, names: Sequence[str]) -> list[SupervisedProcess]: ...
    def ask_stop(self) -> None: ...
    def environment_of(self, name: str) -> tuple[dict[str, str], Path]: ...
    async def apply(self) -> Change: ...
    async def rotate(self, names: Sequence[str]) -> list[str]: ...
    async def end_rotated(self, names: Sequence[str]) -> list[str]: ...
    async def reset(self, names: Sequence[str]) -> list[str]: ...


async def _end_all(tasks: Iterable["asyncio.Task[None]"]) -> None:
    await asyncio.gather(*(end(task) for task in tasks))


async def _close(writer: asyncio.StreamWriter) -> None:
    """Send the written data; close the connection when the client does not read it."""
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(CLOSING):
            await writer.wait_closed()
    writer.transport.abort()


class Control:
    """Serves the socket of one supervisor, inside `async with`."""

    def __init__(self, supervisor: Controlled, path: Path) -> None:
        self._supervisor = supervisor
        self._path = path
        self._clients: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._path.unlink(missing_ok=True)  # left by a run that was killed: the lock shows that the run has ended
        self._server = await asyncio.start_unix_server(self._accept, str(self._path), limit=LONGEST)
        self._path.chmod(0o600)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await finish(_end_all(tuple(self._clients)))
        self._path.unlink(missing_ok=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk in a task of our own: asyncio's streams would report one that is cancelled as an error."""
        if not self._server.is_serving():  # it came while the run ended
            writer.transport.abort()
            return

        def ended(task: "asyncio.Task[None]") -> None:
            self._clients.discard(task)
            writer.close()  # also when the task was cancelled before it began

        task = asyncio.create_task(self._serve_client(reader, writer))
        self._clients.add(task)
        task.add_done_callback(ended)

    async def _serve_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async for answer in self._answers(await reader.readline()):
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            return  # the client has gone, or the run has ended
        finally:
            await finish(_close(writer))

    async def _answers(self, line: bytes) -> AsyncIterator[Answer]:
        try:
            question = json.loads(line)
            if question["do"] == "watch":
                async for state in self._watch():
                    yield state
            else:
                yield {"ok": True} | await self._do(question)
        except SteadError as error:
            yield {"ok": False, "error": str(error)}
        except (ValueError, KeyError, TypeError):
            yield {"ok": False, "error": "malformed request to the supervisor"}

    async def _do(self, question: dict[str, Any]) -> Answer:
        known: dict[str, Callable[[list[str]], Awaitable[Answer]]] = {
            "status": self._status,
            "down": self._down,
            "start": self._start,
            "stop": self._stop,
            "restart": self._restart,
            "apply": self._apply,
            "environment": self._environment,
            "rotate": self._rotate,
            "end": self._end,
            "reset": self._reset,
        }
        if question["do"] not in known:
            raise RunError(f"unknown request to the supervisor: {question['do']}")
        return await known[question["do"]](question.get("names", []))

    async def _status(self, _: list[str]) -> Answer:
        return self._supervisor.state()

    async def _watch(self) -> AsyncIterator[Answer]:
        """Send the state now, and after each change."""
        while True:
            changed = asyncio.ensure_future(self._supervisor.board.changed())
            yield {"ok": True} | self._supervisor.state()
            await changed

    async def _down(self, _: list[str]) -> Answer:
        self._supervisor.ask_stop()
        return {}

    async def _start(self, names: list[str]) -> Answer:
        processes = self._supervisor.named(names)
        for supervised in processes:
            supervised.begin()
        return _names(processes)

    async def _stop(self, names: list[str]) -> Answer:
        processes = self._supervisor.named(names)
        await asyncio.gather(*(supervised.stop() for supervised in processes))
        return _names(processes)

    async def _apply(self, _: list[str]) -> Answer:
        return {"plan": (await self._supervisor.apply()).lines()}

    async def _environment(self, names: list[str]) -> Answer:
        values, folder = self._supervisor.environment_of(names[0])
        return {"environment": values, "folder": str(folder)}

    async def _rotate(self, names: list[str]) -> Answer:
        return {"done": await self._supervisor.rotate(names)}

    async def _end(self, names: list[str]) -> Answer:
        return {"done": await self._supervisor.end_rotated(names)}

    async def _reset(self, names: list[str]) -> Answer:
        return {"done": await self._supervisor.reset(names)}

    async def _restart(self, names: list[str]) -> Answer:
        processes = self._supervisor.named(names)
        await asyncio.gather(*(supervised.restart() for supervised in processes))
        return _names(processes)


def _names(processes: Sequence[SupervisedProcess]) -> Answer:
    return {"names": [supervised.plan.name for supervised in processes]}
