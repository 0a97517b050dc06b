"""Messages to the forkserver: a length, then JSON; open files may travel along (`SCM_RIGHTS`)."""

import array
import json
import os
import socket
import struct
from collections.abc import Sequence
from typing import Any

MOST_FILES = 4
_LENGTH = struct.Struct(">I")


def send(channel: socket.socket, message: dict[str, Any], files: Sequence[int] = ()) -> None:
    """Write one message to a blocking socket."""
    body = json.dumps(message).encode()
    socket.send_fds(channel, [_LENGTH.pack(len(body))], list(files))
    channel.sendall(body)


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Read one message with its files; None when the other side has closed."""
    room = socket.CMSG_SPACE(MOST_FILES * array.array("i").itemsize)
    head, ancillary, _, _ = channel.recvmsg(_LENGTH.size, room)
    files = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            files.frombytes(data[: len(data) - len(data) % files.itemsize])
    head += _exactly(channel, _LENGTH.size - len(head)) if head else b""
    if len(head) < _LENGTH.size:
        return None
    body = _exactly(channel, _LENGTH.unpack(head)[0])
    return (json.loads(body), list(files)) if body else None


def _exactly(channel: socket.socket, size: int) -> bytes:
    """Read so many bytes; nothing when the other side went away in between."""
    parts: list[bytes] = []
    while size:
        part = channel.recv(size)
        if not part:
            return b""
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def report(pipe: int, message: dict[str, Any]) -> None:
    """Write one line to the supervisor; a line is shorter than PIPE_BUF, so it is written whole or not at all."""
    os.write(pipe, json.dumps(message).encode() + b"\n")
