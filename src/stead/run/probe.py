"""Probe the health of a process: one `GET`, without a library.

An HTTP client would add 150 ms to the start and a pool of connections to keep; a probe needs a status and no more.
"""

import asyncio
import re
from asyncio.subprocess import DEVNULL
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from stead.gateway import grpc_health
from stead.kit.cleanup import finish
from stead.model.health import GRPC_HEALTH
from stead.run.port import HOST

Probe = Callable[[int], Awaitable[str]]  # process id -> why it is not healthy; nothing when it is
TIMEOUT = 2.0  # seconds
MOST = 65_536  # bytes of an answer


def http(port: int, path: str, *, any_success: bool = False) -> Probe:
    """Return a probe that wants 200 from a path on this machine, or any 2xx of a program with a contract of its own."""
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nUser-Agent: stead\r\nConnection: close\r\n\r\n".encode()

    good = re.compile(rb"HTTP/1\.\d 2\d\d" if any_success else rb"HTTP/1\.\d 200")

    async def probe_port(_: int) -> str:
        try:
            async with asyncio.timeout(TIMEOUT):
                line = await _first_line(port, request)
        except TimeoutError:
            return f"no answer on {path} for {TIMEOUT:g} s"
        except OSError:
            return f"does not listen on port {port} yet"
        return "" if good.match(line) else f"{path} answers {_status(line)}"

    return probe_port


def hinted(check: Probe, hint: str) -> Probe:
    """Return a probe that adds a way out where nothing listens."""

    async def asked(pid: int) -> str:
        wrong = await check(pid)
        return wrong + hint if wrong.startswith("does not listen") else wrong

    return asked


def answers(port: int, path: str) -> Probe:
    """Return a probe that wants any answer from a path: a program that is not a service of the kit has no /livez."""
    probe = http(port, path)

    async def answered(pid: int) -> str:
        wrong = await probe(pid)
        return "" if wrong.startswith(f"{path} answers ") else wrong

    return answered


def listens(port: int) -> Probe:
    """Return a probe that only opens a connection."""

    async def connected(_: int) -> str:
        try:
            async with asyncio.timeout(TIMEOUT):
                _reader, writer = await asyncio.open_connection(HOST, port)
        except (TimeoutError, OSError):
            return f"does not listen on port {port} yet"
        writer.transport.abort()
        return ""

    return connected


def grpc(port: int) -> Probe:
    """Return a probe that wants SERVING of gRPC's health checking protocol, for the whole program."""

    async def asked(_: int) -> str:
        try:
            async with asyncio.timeout(TIMEOUT):
                reader, writer = await asyncio.open_connection(HOST, port)
        except (TimeoutError, OSError):
            return f"does not listen on port {port} yet"
        try:
            async with asyncio.timeout(TIMEOUT):
                writer.write(grpc_health.request())
                return await _serving(reader)
        except (TimeoutError, OSError):
            return f"{GRPC_HEALTH} is not SERVING within {TIMEOUT:g} s"
        finally:
            writer.transport.abort()

    return asked


async def _serving(reader: asyncio.StreamReader) -> str:
    found = b""
    while grpc_health.SERVING not in found:
        part = await reader.read(4096)
        found += part
        if not part or len(found) > MOST:
            return f"does not answer {GRPC_HEALTH} as gRPC does"
    return ""


def command(words: Sequence[str], folder: Path, environ: Callable[[], Mapping[str, str]]) -> Probe:
    """Return a probe that runs a program, which ends with 0 while the process is healthy."""

    async def run(_: int) -> str:
        try:
            program = await asyncio.create_subprocess_exec(
                *words, cwd=folder, env=dict(environ()), stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
            )
        except OSError as error:
            return f"its probe {words[0]} cannot be run: {error.strerror}"
        try:
            async with asyncio.timeout(TIMEOUT):
                status = await program.wait()
        except TimeoutError:
            return f"its probe {words[0]} took longer than {TIMEOUT:g} s"
        finally:
            if program.returncode is None:
                program.kill()
                await finish(program.wait())
        return f"its probe {words[0]} ended with {status}" if status else ""

    return run


async def always(_: int) -> str:
    """Treat a running process as healthy: for one without a probe."""
    return ""


async def _first_line(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(request)
        line = await reader.readline()
        await reader.read(MOST)
        return line
    finally:
        writer.transport.abort()  # nothing more is sent, so there is nothing to wait for


def _status(line: bytes) -> str:
    words = line.decode("latin-1").split(None, 2)
    return words[1] if len(words) > 1 else "an answer that is not HTTP"
