"""Ports of the loopback: find free ones, and the process that uses an occupied one.

Free ports are below the system's range for outgoing connections: such a connection could take the port of a service
during its restart.
"""

import errno
import random
import socket
import sys
import weakref
from collections.abc import Collection
from contextlib import suppress
from itertools import count
from typing import Any

from stead.run.error import PortTakenError, RunError

HOST = "127.0.0.1"
RANGE = range(20_000, 30_000)
USUAL = 8080  # of a gateway
GATEWAY = "the gateway of this backend"
OTHER = "another process of this backend"


class Ports:
    """Gives each process a port that is free and that no other process of this run, or of another one, was given."""

    def __init__(self) -> None:
        self._given: dict[int, str] = {}  # port -> the process that it was given to
        self._reservations: list[socket.socket] = []
        weakref.finalize(self, _close, self._reservations)

    def free(self) -> int:
        for port in random.sample(RANGE, 200):
            if port not in self._given and is_free(port) and self._reserves(port):
                self._given[port] = OTHER
                return port
        raise RunError(f"no free port between {RANGE.start} and {RANGE.stop} was found on {HOST}")

    def for_gateway(self, port: int | None, fixed: Collection[int]) -> int:
        """Return the gateway's port: any free one for 0; for None the usual one, or the next that no program has.

        fixed  the ports on which programs of the backend always listen
        PortTakenError names the process that uses the port.
        """
        if port == 0:
            return self.free()
        port = port or next(each for each in count(USUAL) if each not in fixed)
        if not is_free(port):
            raise PortTakenError(
                f"port {port} is in use by {holder(port)}.\n"
                f"  choose another: stead up --port {self.free()}   (--port 0: any free one)"
            )
        self._given[port] = GATEWAY
        return port

    def take_for(self, port: int, name: str) -> int:
        """Return the port on which a program always listens; PortTakenError when it is not free."""
        if port in self._given or not is_free(port):
            who = self._given.get(port) or holder(port)
            mend = "choose another for the gateway: stead up --port 0" if who == GATEWAY else "stop that process"
            raise PortTakenError(
                f"{name} listens on port {port}, as described, but {who} uses that port.\n"
                f"  {mend}, or change port= of {name}"
            )
        self._given[port] = name
        return port

    def _reserves(self, port: int) -> bool:
        """Reserve a port as long as these Ports live; return whether no other run has.

        A process may listen on its port a minute after it was chosen, and until then the port seems free to every other
        run. The reservation is a name of Linux' abstract sockets, which ends with its owner; other systems have none.
        """
        if sys.platform != "linux":
            return True
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0stead-port-{port}")
        except OSError as error:
            name.close()
            if error.errno != errno.EADDRINUSE:
                raise
            return False
        self._reservations.append(name)
        return True


def _close(reservations: list[socket.socket]) -> None:
    for each in reservations:
        each.close()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def holder(port: int) -> str:
    """Return the process that listens on a port, if this user may see it."""
    import psutil

    with suppress(psutil.AccessDenied):
        for connection in psutil.net_connections("tcp"):
            address: Any = connection.laddr
            if connection.status == psutil.CONN_LISTEN and address.port == port and connection.pid:
                with suppress(psutil.Error):
                    process = psutil.Process(connection.pid)
                    return f"process {process.pid} ({' '.join(process.cmdline())[:120] or process.name()})"
    return "a process of another user"
