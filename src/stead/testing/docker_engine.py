"""A stand-in for a container engine: Docker's API on a socket of this machine, whose containers are processes.

workerd asks an engine for the container of a Durable Object, and no image can be built here. This answers the paths
that it asks, from Docker's published API (v1.41), and starts what the image would, with the same environment.

Beside each container workerd runs another, a proxy that is its only way in: it is asked by CONNECT (RFC 9110 section
9.3.6), and answers 400 where the container does not listen. Here that proxy is a server of the engine's own.
"""

import json
import re
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer, ThreadingMixIn, UnixStreamServer
from typing import Any

from stead.run.port import HOST, Ports

PATH = re.compile(r"/(?:v[\d.]+/)?containers/([^/?]+)(?:/(\w+))?(?:\?.*)?")
PROXY = "-proxy"  # the name by which workerd starts the second container beside another
GATEWAY = {"IPAM": {"Config": [{"Gateway": HOST}]}}


@dataclass
class Container:
    """One container: what it is given, and its process once it was started."""

    environ: Mapping[str, str]
    port: int
    exposed: Sequence[str]
    is_proxy: bool = False
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def is_running(self) -> bool:
        return self.is_proxy or (self.process is not None and self.process.poll() is None)


@dataclass
class StandInEngine:
    """An engine with one image.

    words  what the image starts
    asked  every request so far: `POST /containers/create`
    way    where the proxy beside each container listens
    """

    words: Sequence[str]
    path: Path
    log: Path
    way: int = 0
    containers: dict[str, Container] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    ports: Ports = field(default_factory=Ports)

    @contextmanager
    def running(self) -> Iterator["StandInEngine"]:
        """Serve for as long as the block lasts; end every container at its end."""
        way = ThreadingHTTPServer((HOST, 0), _proxy(self))
        way.daemon_threads = True
        self.way = way.server_port
        with _serving(_Server(str(self.path), _handler(self))), _serving(way):
            try:
                yield self
            finally:
                for container in self.containers.values():
                    end(container)
                self.path.unlink()

    def answer(self, method: str, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        """Return the status and the body of an answer."""
        self.asked.append(f"{method} {path.partition('?')[0]}")
        if path.endswith("/networks/bridge"):
            return 200, GATEWAY
        if path.partition("?")[0].endswith("/containers/create"):
            return self._create(path.rpartition("name=")[2], body)
        found = PATH.fullmatch(path)
        container = self.containers.get(found[1]) if found else None
        if container is None or found is None:
            return 404, {"message": f"no such thing: {path}"}
        return self._of(container, method, found[2] or "", found[1])

    @property
    def process_port(self) -> int:
        """Where the process of the one container listens; 0 where there is none."""
        return next((each.port for each in self.containers.values() if not each.is_proxy and each.is_running), 0)

    def _create(self, name: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        if name in self.containers:
            return 409, {"message": f"{name} is there already"}
        environ = dict(each.partition("=")[::2] for each in body.get("Env") or ())
        is_proxy = name.endswith(PROXY)
        port = self.way if is_proxy else self.ports.free()
        self.containers[name] = Container(environ, port, list(body.get("ExposedPorts") or ()), is_proxy)
        return 201, {"Id": name, "Warnings": []}

    def _of(self, container: Container, method: str, action: str, name: str) -> tuple[int, Any]:
        match (method, action):
            case ("GET", "json"):
                return 200, self._inspected(container)
            case ("POST", "start"):
                self._start(container)
                return 204, None
            case ("POST", "wait"):
                return 200, {"StatusCode": container.process.wait() if container.process else 0}
            case ("POST", "stop" | "kill"):
                end(container)
                return 204, None
            case ("DELETE", ""):
                end(self.containers.pop(name))
                return 204, None
        return 404, {"message": f"{method} {action} is of no known path"}

    def _inspected(self, container: Container) -> Mapping[str, Any]:
        published = [{"HostIp": HOST, "HostPort": str(container.port)}]
        ports = dict.fromkeys(container.exposed, published) if container.is_running else {}
        state = "running" if container.is_running else "exited" if container.process else "created"
        return {"State": {"Status": state, "Running": container.is_running}, "NetworkSettings": {"Ports": ports}}

    def _start(self, container: Container) -> None:
        if container.is_proxy:
            return
        program = [sys.executable if word == "python" else word for word in self.words]
        environ = {**container.environ, "HOST": HOST, "PORT": str(container.port), "PATH": "/usr/bin:/bin"}
        with self.log.open("ab") as log:
            container.process = subprocess.Popen(program, env=environ, stdout=log, stderr=log)


def end(container: Container, number: int = signal.SIGTERM) -> None:
    """End a container's process, and wait for it."""
    if container.process is not None and container.is_running:
        container.process.send_signal(number)
        container.process.wait(10)


@contextmanager
def _serving(server: BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


def _handler(engine: StandInEngine) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}") if length else {}
            status, reply = engine.answer(self.command, self.path, body)
            text = b"" if reply is None else json.dumps(reply).encode()
            with suppress(BrokenPipeError):  # the client that waited for the end of a container has gone
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        do_GET = do_POST = do_DELETE = do_PUT = answer  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            """Say nothing: a test looks at `asked`."""

    return Handler


def _proxy(engine: StandInEngine) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            try:
                there = socket.create_connection((HOST, engine.process_port or 1), timeout=5)
            except OSError:
                self.send_error(400)
                return
            with there:
                self.send_response(200)
                self.end_headers()
                _pump(self.connection, there)
            self.close_connection = True

        def configured(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_PUT = configured  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            """Say nothing, as the engine does."""

    return Handler


def _pump(here: socket.socket, there: socket.socket) -> None:
    """Carry bytes both ways until one side is done."""
    other = {here: there, there: here}
    while True:
        for ready in select.select([here, there], [], [])[0]:
            try:
                part = ready.recv(65536)
                other[ready].sendall(part)
            except OSError:
                return
            if not part:
                return
