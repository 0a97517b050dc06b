"""Raw requests and their answers, byte by byte: what a client library would tidy up is what is tried here."""

import json
import re
import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name):
        return ", ".join(value for key, value in self.headers if key == name)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def sent(self):
        """The headers that reached the upstream, by name: a list of values each."""
        found = {}
        for name, value in self.json["headers"]:
            found.setdefault(name, []).append(value)
        return found


def exchange(at, request, source=""):
    """Send raw bytes and read one answer. Nobody waits for Envoy to hang up: it leaves a refused client a second.

    source  the address of this machine from which they are sent
    """
    family = socket.AF_UNIX if isinstance(at, str) else socket.AF_INET
    with socket.socket(family) as connection:
        connection.settimeout(15)
        if source:
            connection.bind((source, 0))
        connection.connect(at)
        connection.sendall(request)
        return read_answer(connection, bodiless=request.startswith(b"HEAD "))


def read_answer(connection, *, bodiless=False):
    found = b""
    while not (b"\r\n\r\n" in found if bodiless else _whole(found)):
        piece = connection.recv(65_536)
        if not piece:
            break
        found += piece
    assert found, "the peer hung up without an answer"
    return answer_of(found)


def _whole(raw):
    head, end, body = raw.partition(b"\r\n\r\n")
    if not end:
        return False
    length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
    return len(body) >= int(length[1]) if length else raw.endswith(b"\r\n0\r\n\r\n")


def answer_of(raw):
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [(line.partition(":")[0].lower(), line.partition(":")[2].strip()) for line in lines]
    if ("transfer-encoding", "chunked") in headers:
        body = _unchunked(body)
    return Answer(int(first.split()[1]), headers, body)


def _unchunked(body):
    found = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            break
        found, body = found + body[:length], body[length + 2 :]
    return found
