"""Bench: what the console costs the start of `stead up`: the same backend with it and without, in turns.

Without it means that nothing of it is started: no socket, no process, no spans. A figure is the median of the rounds'
differences, since what else the machine does is about the same for both starts of a round; which of them is the first
changes from round to round. The CPU seconds are of everything that was started until then.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.row import Row
from benchmarks.startup import BACKEND, DESCRIPTION, Seen, start
from stead.run.postgres import Cluster

SERVICES, ROUNDS = 6, 9
LATER = 150  # ms that the console may take
COMMAND = """
import sys
from stead.console.launch import ConsoleProcess
{change}
from stead.cli import main
sys.argv = ["stead", *sys.argv[1:]]
main()
"""
WITH = COMMAND.format(change="")  # the same way in: `-m stead` loads in another order
WITHOUT = COMMAND.format(change="ConsoleProcess.open = classmethod(lambda *_: None)")


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
    both = [[sys.executable, "-c", command] for command in (WITH, WITHOUT)]
    start(backend, cluster, both[0])  # makes and migrates the databases
    rounds = [_round(backend, cluster, both, number % 2) for number in range(ROUNDS)]
    later = _more(rounds, lambda seen: seen.seconds * 1000)
    return [
        Row(f"{SERVICES} services, to all healthy, without it", median(one.seconds for _, one in rounds), "s"),
        Row(f"{SERVICES} services, to all healthy, with it", median(one.seconds for one, _ in rounds), "s"),
        Row("all healthy later by", later, "ms", LATER / max(1.0, later), 1.0),
        Row("CPU until then, more by", _more(rounds, lambda seen: seen.cpu), "s"),
        Row("PSS, more by", _more(rounds, lambda seen: seen.memory / 1e6), "MB"),
    ]


def _round(backend: Path, cluster: Cluster, both: Sequence[list[str]], first: int) -> tuple[Seen, Seen]:
    """Start it by both commands, one after the other; return what was seen in the order of the commands."""
    seen = {at: start(backend, cluster, both[at]) for at in (first, 1 - first)}
    return seen[0], seen[1]


def _more(rounds: Sequence[tuple[Seen, Seen]], of: Callable[[Seen], float]) -> float:
    return median(of(with_it) - of(without) for with_it, without in rounds)


if __name__ == "__main__":
    for row in measure():
        print(row)
