"""The probe: makes ASGI apps in a process of its own and asks each for its health, without a socket or a lifespan.

`python -m stead.check.probe` reads a list of `ProbeRequest` from stdin, and writes one `ProbeAnswer` a line. Whatever
the services' code does, prints or ends costs this process and nothing else; the check starts another one for those
that are left. Where a service is reported a database or of another service, it is reported a trap: a port that takes a
connection, counts it, and hangs up.
"""

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from stead.kit.serve import app_of, served
from stead.model.interpreter import append_path

TURN = 0.1  # seconds of one turn of the loop in which an answer is expected
TRAP = "@TRAP@"  # in a value: where the port of the trap is filled in
LARGEST = 65_536  # bytes of an answer's body that are kept
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")


class ProbeRequest(Struct):
    """A service to be made: what it is told, the paths that it is asked for, and the seconds for one answer.

    own  ask the app itself, without what Stead puts around an app that is not made with the kit
    """

    name: str
    app: str
    environ: dict[str, str]
    paths: list[str]
    timeout: float
    own: bool = False


class Reply(Struct):
    """What one path answered. `touched` counts the connections that it made; `error` says why there is no answer."""

    status: int = 0
    headers: list[tuple[str, str]] = []
    body: str = ""
    error: str = ""
    touched: int = 0


class ProbeAnswer(Struct):
    """What a service answered, by path; or why it could not be made."""

    name: str
    error: str = ""
    replies: dict[str, Reply] = {}


class ConnectionCounter:
    """A port of the loopback that counts connections."""

    def __init__(self) -> None:
        self._times, self._own = 0, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def count(self) -> int:
        """Return how many there were. A connection of our own waits its turn, so that those before it are counted."""
        with socket.create_connection(("127.0.0.1", self.port)) as own:
            own.recv(1)
        self._own += 1
        return self._times - self._own

    def _listen(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            self._times += 1
            connection.close()


def main() -> None:
    """Answer for each service in turn; their modules are in the working directory."""
    append_path(Path.cwd())
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # the output of the services is not part of the answer
    counter, encode = ConnectionCounter(), msgspec.json.encode
    for request in msgspec.json.decode(sys.stdin.buffer.read(), type=list[ProbeRequest]):
        answers.write(encode(answer(request, counter)) + b"\n")
    os._exit(0)  # whatever threads the services left running


def answer(request: ProbeRequest, counter: ConnectionCounter) -> ProbeAnswer:
    """Make one service and ask it."""
    environ = {name: value.replace(TRAP, str(counter.port)) for name, value in request.environ.items()}
    inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    os.environ.clear()
    os.environ.update(inherited | environ)
    try:
        app: Any = app_of(request.app) if request.own else served(request.app)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - it is the service's code, and told to its owner
        return ProbeAnswer(request.name, f"{type(error).__name__}: {error}")
    return ProbeAnswer(request.name, "", asyncio.run(_ask(app, request, counter)))


async def _ask(app: Any, request: ProbeRequest, counter: ConnectionCounter) -> dict[str, Reply]:
    return {path: await _reply(app, path, request.timeout, counter) for path in request.paths}


async def _reply(app: Any, path: str, seconds: float, counter: ConnectionCounter) -> Reply:
    before = counter.count()
    try:
        reply = await _with_timeout(_request(app, path), seconds)
    except TimeoutError:
        reply = Reply(error=f"nothing within {seconds:g} s")
    except Exception as error:  # noqa: BLE001 - as above
        reply = Reply(error=f"{type(error).__name__}: {error}")
    reply.touched = counter.count() - before
    return reply


async def _with_timeout(request: Coroutine[Any, Any, Reply], seconds: float) -> Reply:
    """Wait for an answer: so many turns of the loop, which are longer where the machine has other work."""
    task = asyncio.ensure_future(request)
    for _ in range(round(seconds / TURN)):
        await asyncio.wait({task}, timeout=TURN)
        if task.done():
            return task.result()
    task.cancel()
    await asyncio.wait({task}, timeout=TURN)
    raise TimeoutError


async def _request(app: Any, path: str) -> Reply:
    """Ask as a stranger does: no credentials. Source: the ASGI specification 3.0, HTTP 2.3."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"accept", b"*/*")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    reply, body = Reply(), bytearray()
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            await asyncio.Event().wait()  # the client stays connected and sends nothing more
        sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            reply.status = int(message["status"])
            reply.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        elif message["type"] == "http.response.body" and len(body) < LARGEST:
            body.extend(message.get("body", b""))

    await app(scope, receive, send)
    reply.body = bytes(body[:LARGEST]).decode(errors="replace")
    return reply


if __name__ == "__main__":
    main()
