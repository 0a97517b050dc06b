"""One campaign: players play, disturbances come one after the other, and in the end there is a verdict."""

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from campaign.backend import Backend
from campaign.disturbance import KINDS, Disturbance, draw
from campaign.players import Played, Players
from campaign.verdict import verdict

PAUSE = (0.1, 0.6)  # seconds between two disturbances
TIMEOUT = 60.0  # seconds for one process to be healthy again
LOOK = 0.05  # seconds


@dataclass
class Result:
    """What a campaign did and found: disturbances by kind, recoveries in seconds by process, faults."""

    seconds: float = 0.0
    done: Counter[str] = field(default_factory=Counter)
    recovered: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    played: Played = field(default_factory=Played)
    faults: list[str] = field(default_factory=list)

    def table(self) -> str:
        """Return the recoveries as a Markdown table."""
        lines = ["| process | recoveries | median s | worst s |", "|---|---|---|---|"]
        for name, times in sorted(self.recovered.items()):
            lines.append(f"| {name} | {len(times)} | {median(times):.2f} | {max(times):.2f} |")
        return "\n".join(lines)


async def campaign(
    folder: Path,
    *,
    kills: int,
    seconds: float,
    seed: int = 1,
    players: int = 3,
    kinds: Sequence[Disturbance] = KINDS,
    telling: Callable[[str], object] = lambda _: None,
) -> Result:
    """Disturb the backend in a folder `kills` times, for `seconds` at the most, while its story is played."""
    backend, chance, result = Backend(folder), random.Random(seed), Result()  # noqa: S311 - not a secret
    before, start = backend.size(), time.monotonic()
    people = Players(folder, players)
    result.played = people.played
    playing, watching = asyncio.create_task(people.play()), []
    while result.done.total() < kills and time.monotonic() - start < seconds:
        kind = draw(chance, kinds)
        watching.append(asyncio.create_task(_disturb(backend, kind, chance, result)))
        result.done[kind.name] += 1
        telling(f"{result.done.total()} of {kills}: {kind.name}")
        await asyncio.sleep(chance.uniform(*PAUSE))
    await asyncio.gather(*watching)
    people.enough()
    await playing
    result.faults = [*people.played.wrong, *await verdict(backend, before)]
    result.seconds = time.monotonic() - start
    return result


async def _disturb(backend: Backend, kind: Disturbance, chance: random.Random, result: Result) -> None:
    start = time.monotonic()
    name = await kind.do(backend, chance)
    if name:
        await _recovery(backend, name)
        result.recovered[name].append(time.monotonic() - start)


async def _recovery(backend: Backend, name: str) -> None:
    """Wait until the process is healthy again; what takes too long is found by the verdict."""
    until = time.monotonic() + TIMEOUT
    await asyncio.sleep(LOOK)
    while time.monotonic() < until:
        found = await asyncio.to_thread(backend.processes)
        if any(each.name == name and each.state == "healthy" for each in found):
            return
        await asyncio.sleep(LOOK)
