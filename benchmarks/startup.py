"""Bench (a): from the start to all healthy, and the memory, against honcho with one uvicorn a service.

Both sides run the same app, the shelf's points service, under different names, each on a database of its own that is
there already; PostgreSQL runs before and apart, and neither side has a gateway. Time is from the start of the command
to the last service's first 200 on /health, asked by the same few lines. CPU and memory are of everything that the
command started: honcho itself on one side, the supervisor and the forkserver on the other. Memory is PSS, which counts
a shared page once. The two sides take turns; a ratio is the median of the rounds' ratios. The CPU seconds are there
since the time to wait depends on what else the machine does, and they do not.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import psutil

from benchmarks.row import Row
from stead.model import Postgres
from stead.model.resource_name import part_name
from stead.run.control_client import Remote
from stead.run.postgres import Cluster, in_database
from stead.run.secrets import Secrets
from stead.run.state_directory import Folder

SIZES = (6, 18)
ROUNDS = 3
BACKEND = "bench"
TIMEOUT = 60.0  # seconds
DESCRIPTION = """
from stead import Backend
from stead.services import points

backend = Backend("{name}", services=[points.service(f"points-{{number}}") for number in range({size})])
"""


@dataclass(frozen=True)
class Seen:
    """One start: seconds to all healthy, seconds of CPU until then, bytes of PSS."""

    seconds: float
    cpu: float
    memory: int


def measure(sizes: tuple[int, ...] = SIZES, rounds: int = ROUNDS) -> list[Row]:
    """Return the rows, two for each side and size."""
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-"))
    cluster = Cluster(folder / "postgres")
    cluster.start()
    try:
        return [row for size in sizes for row in _compare(folder / str(size), cluster, size, rounds)]
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def _compare(folder: Path, cluster: Cluster, size: int, rounds: int) -> list[Row]:
    folder.mkdir()
    (folder / "backend.py").write_text(DESCRIPTION.format(name=BACKEND, size=size))
    ports = [_free_port() for _ in range(size)]
    _stead(folder, cluster)  # makes and migrates the databases
    return _rows(size, [(_stead(folder, cluster), _honcho(folder, cluster, ports)) for _ in range(rounds)])


def _rows(size: int, found: list[tuple[Seen, Seen]]) -> list[Row]:
    rows = []
    for name, unit, aim, of in (
        ("to all healthy", "s", 5.0, lambda seen: seen.seconds),
        ("CPU until then", "s", None, lambda seen: seen.cpu),
        ("PSS", "MB", 2.0, lambda seen: seen.memory / 1e6),
    ):
        ours, theirs = ([of(round_[side]) for round_ in found] for side in (0, 1))
        ratio = median(other / one for one, other in zip(ours, theirs, strict=True))
        rows.append(Row(f"{size} services, {name}: honcho and uvicorns", median(theirs), unit))
        rows.append(Row(f"{size} services, {name}: stead up", median(ours), unit, ratio, aim))
    return rows


def _stead(folder: Path, cluster: Cluster) -> Seen:
    return start(folder, cluster, [sys.executable, "-m", "stead"])


def start(folder: Path, cluster: Cluster, stead: list[str]) -> Seen:
    """Start a backend by that command until all is healthy, and end it."""
    return _run([*stead, "up", str(folder)], {"DATABASE_URL": cluster.url()}, lambda: _urls(folder))


def _urls(folder: Path) -> list[str]:
    """Return where the services of a run are, as soon as that is known."""
    return list(Remote(folder).ask("status")["addresses"].values())


def _honcho(folder: Path, cluster: Cluster, ports: list[int]) -> Seen:
    secrets = Secrets(Folder(folder / "backend.py"))
    lines = []
    for number, port in enumerate(ports):
        name = part_name(BACKEND, f"points-{number}", Postgres())
        environ = {
            "SERVICE_NAME": f"points-{number}",
            "ENVIRONMENT": "dev",
            "VERSION": "dev",
            "DATABASE_URL": in_database(cluster.url(), name, name, secrets.password("postgres", name)),
        }
        words = [f"{key}={value}" for key, value in environ.items()]
        app = "stead.services.points.app:create"
        serve = f"{sys.executable} -m uvicorn --factory {app} --port {port} --no-access-log --log-level warning"
        lines.append(f"s{number}: exec env {' '.join(words)} {serve}\n")
    file = folder / "Procfile"
    file.write_text("".join(lines))
    command = [sys.executable, "-m", "honcho", "-f", str(file), "start"]
    return _run(command, {}, lambda: [f"http://127.0.0.1:{port}" for port in ports])


def _run(command: list[str], environ: Mapping[str, str], urls: Callable[[], list[str]]) -> Seen:
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until_healthy(process, urls)
        took = time.perf_counter() - began
        return Seen(took, *_spent(process.pid))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _until_healthy(process: subprocess.Popen, urls: Callable[[], list[str]]) -> None:
    left: list[str] = []
    until = time.perf_counter() + TIMEOUT
    while not left:
        time.sleep(0.02)
        assert process.poll() is None
        try:
            left = urls()
        except Exception:  # noqa: BLE001 - it is not there yet to be asked
            assert time.perf_counter() < until
    while left:
        left = [url for url in left if not _healthy(url)]
        assert process.poll() is None, "it ended"
        assert time.perf_counter() < until, left
        time.sleep(0.02)


def _healthy(url: str) -> bool:
    at = urlsplit(url)
    try:
        with socket.create_connection((at.hostname, at.port), timeout=2) as channel:
            channel.sendall(b"GET /health HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
            return b" 200 " in channel.recv(64)
    except OSError:
        return False


def _spent(pid: int) -> tuple[float, int]:
    """Return the CPU seconds and the bytes of PSS of a process and all that it started."""
    parent = psutil.Process(pid)
    all_of_it = [parent, *parent.children(recursive=True)]
    times = [each.cpu_times() for each in all_of_it]
    return sum(each.user + each.system for each in times), sum(each.memory_full_info().pss for each in all_of_it)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
