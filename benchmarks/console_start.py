"""Bench: what the console costs the start of `stead up`: the same backend with it and without, in turns.

Without it means that nothing of it is started: no socket, no process, no spans. The figure is the difference of the
medians; the CPU seconds are of everything that was started until then, and depend less on what else the machine does.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.row import Row
from benchmarks.startup import BACKEND, DESCRIPTION, Seen, start
from stead.run.postgres import Cluster

SERVICES, ROUNDS = 6, 5
LATER = 150  # ms that the console may take
WITHOUT = """
import sys
from stead.console.launch import ConsoleProcess
ConsoleProcess.open = classmethod(lambda *_: None)
from stead.cli import main
sys.argv = ["stead", *sys.argv[1:]]
main()
"""


def measure() -> list[Row]:
    """Return the rows."""
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-")).resolve()
    cluster = Cluster(folder / "postgres")
    cluster.start()
    try:
        return _rows(folder, cluster)
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def _rows(folder: Path, cluster: Cluster) -> list[Row]:
    backend = folder / "backend"
    backend.mkdir()
    (backend / "backend.py").write_text(DESCRIPTION.format(name=BACKEND, size=SERVICES))
    both = ([sys.executable, "-m", "stead"], [sys.executable, "-c", WITHOUT])
    start(backend, cluster, both[0])  # makes and migrates the databases
    rounds = [[start(backend, cluster, command) for command in both] for _ in range(ROUNDS)]
    with_it, without = (_median([each[side] for each in rounds]) for side in (0, 1))
    later = (with_it.seconds - without.seconds) * 1000
    return [
        Row(f"{SERVICES} services, to all healthy, without the console", without.seconds, "s"),
        Row(f"{SERVICES} services, to all healthy, with it", with_it.seconds, "s"),
        Row("later by", later, "ms", LATER / max(1.0, later), 1.0),
        Row("CPU until then, more by", with_it.cpu - without.cpu, "s"),
        Row("PSS, more by", (with_it.memory - without.memory) / 1e6, "MB"),
    ]


def _median(found: list[Seen]) -> Seen:
    return Seen(*(median(getattr(each, name) for each in found) for name in ("seconds", "cpu", "memory")))


if __name__ == "__main__":
    for row in measure():
        print(row)
