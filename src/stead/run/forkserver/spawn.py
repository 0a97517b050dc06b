"""Spawn the forkserver: before anything else is imported, so that its imports and ours run side by side."""

import os
import socket
import subprocess
from dataclasses import dataclass

from stead.model.interpreter import module_command
from stead.run.forkserver import framing, mark

FIRST = (  # what every Python service needs: loaded before the description is known
    "litestar",
    "uvicorn",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "stead.kit.serve",
    "stead.run.forkserver.preload:warm",
)


@dataclass(frozen=True)
class ForkserverProcess:
    """A forkserver process: `orders` is written to, `reports` is read; it ends when `orders` closes."""

    process: "subprocess.Popen[bytes]"
    orders: socket.socket
    reports: int

    def end(self) -> None:
        self.orders.close()
        self.process.wait()


def spawn() -> ForkserverProcess:
    orders, theirs = socket.socketpair()
    reports, our_reports = os.pipe()
    process = subprocess.Popen(
        module_command("stead.run.forkserver", str(theirs.fileno()), str(our_reports)),
        stdin=subprocess.DEVNULL,
        env={**os.environ, mark.NAME: mark.EMPTY},
        pass_fds=(theirs.fileno(), our_reports),
        start_new_session=True,  # Ctrl-C in the terminal is for the supervisor alone
    )
    theirs.close()
    os.close(our_reports)
    framing.send(orders, {"do": "preload", "modules": FIRST, "all": False})
    return ForkserverProcess(process, orders, reports)
