"""Ports of the loopback: find free ones, and the process that uses an occupied one.

Free ports are below the system's range for outgoing connections: such a connection could take the port of a service
during its restart.
"""

import errno
import random
import socket
from contextlib import suppress
from typing import Any

from stead.run.error import PortTakenError, RunError

HOST = "127.0.0.1"
RANGE = range(20_000, 30_000)


class Ports:
    """Gives each process a port that is free and that no other process of this run was given."""

    def __init__(self) -> None:
        self._given: set[int] = set()

    def free(self) -> int:
        for port in random.sample(RANGE, 200):
            if port not in self._given and is_free(port):
                self._given.add(port)
                return port
        raise RunError(f"no free port between {RANGE.start} and {RANGE.stop} was found on {HOST}")

    def take(self, port: int) -> int:
        """Return the port when it is free; PortTakenError names the process that uses it."""
        if not is_free(port):
            raise PortTakenError(
                f"port {port} is in use by {holder(port)}.\n"
                f"  choose another: stead up --port {self.free()}   (--port 0: any free one)"
            )
        self._given.add(port)
        return port

    def take_for(self, port: int, name: str) -> int:
        """Return the port on which a program always listens; PortTakenError when it is not free."""
        if port in self._given or not is_free(port):
            who = "another process of this backend" if port in self._given else holder(port)
            raise PortTakenError(
                f"{name} listens on port {port}, as described, but {who} uses that port.\n"
                f"  stop that process, or change port= of {name}"
            )
        self._given.add(port)
        return port


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
