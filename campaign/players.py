"""Players: several people who live through the backend's story at once, again and again, while it is disturbed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from stead.kit.outbox.retry import LONGEST
from stead.ops.story import story_context, story_of
from stead.ops.story_context import Step
from stead.run.run_info import running

# Seconds. A message whose receiver was killed at each of its first tries waits for LONGEST, and may be hit there again.
TIMEOUT = 3 * LONGEST


@dataclass
class Played:
    """How many stories came to their end, with how many steps, and what went wrong."""

    stories: int = 0
    steps: int = 0
    wrong: list[str] = field(default_factory=list)


class Players:
    """Some players of one backend's story; they begin a new one until they are told that it is enough."""

    def __init__(self, folder: Path, count: int) -> None:
        self.played = Played()
        self._folder, self._count = folder, count
        self._story: Callable[..., Awaitable[None]] = story_of(folder)
        self._enough = asyncio.Event()

    async def play(self) -> None:
        await asyncio.gather(*(self._player() for _ in range(self._count)))

    def enough(self) -> None:
        """Let each player end the story that is begun, and begin none."""
        self._enough.set()

    async def _player(self) -> None:
        while not self._enough.is_set():
            found = await asyncio.to_thread(running, self._folder)
            if found is None:
                self.played.wrong.append("the backend does not run any more")
                return
            try:
                async with story_context(found, self._step) as context:
                    context.timeout = TIMEOUT
                    await self._story(context)
                self.played.stories += 1
            except Exception as error:  # noqa: BLE001 - whatever ends a story is what the campaign looks for
                self.played.wrong.append(f"{type(error).__name__}: {error}")

    def _step(self, _: Step) -> None:
        self.played.steps += 1
