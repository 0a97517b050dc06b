"""`python -m stead.console`: the process beside `stead up` that records a run and serves the page.

It ends when its standard input does, so it never outlives the process that started it. What it has to say, a line
each, goes to its standard output; it never keeps anything of the backend from starting, or from ending.
"""

import asyncio
import contextlib
import logging
import os
import socket
import sys
import threading
from pathlib import Path

import msgspec
import uvicorn

from stead.console.allocator import use_one_arena
from stead.console.app import Console
from stead.console.config import Graph, Start
from stead.console.prompt_protocol import PromptProtocol
from stead.kit.cleanup import finish


def main() -> int:
    """Record and serve until the standard input ends."""
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # it warns of each wrong request, and its log would grow
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    use_one_arena()
    start = msgspec.json.decode(sys.stdin.buffer.readline(), type=Start)
    os.nice(start.niceness)
    listener = socket.socket(fileno=start.socket)
    console = Console(start, listener.getsockname()[1], Path(start.description), tell)
    asyncio.run(_serve(console, listener))
    return 0


def tell(text: str) -> None:
    """Say a line to who started this process; when that one has gone, nobody is there to hear it."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text.replace("\n", " ") + "\n")
        sys.stdout.flush()


async def _serve(console: Console, listener: socket.socket) -> None:
    config = uvicorn.Config(
        console.server,
        loop="asyncio",
        http=PromptProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        limit_concurrency=256,
    )
    server = uvicorn.Server(config)
    threading.Thread(target=_read, args=(console, server), name="input", daemon=True).start()
    console.open()
    try:
        await server.serve(sockets=[listener])
    finally:
        await finish(console.close())


def _read(console: Console, server: uvicorn.Server) -> None:
    """Take what has changed of the description; end when there is nobody to tell it any more."""
    with contextlib.suppress(OSError):
        for line in sys.stdin.buffer:
            console.describe(msgspec.json.decode(line, type=Graph))
    server.should_exit = True


if __name__ == "__main__":
    sys.exit(main())
