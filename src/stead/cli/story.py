"""`stead story`: run the story of a backend against a backend that runs."""

import asyncio
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.cli.option import Flag, Where
from stead.model import SteadError
from stead.model.load import find
from stead.model.printable import printable
from stead.ops.story import Story, story_context, story_of
from stead.ops.story_context import Step, StoryContext, StoryError
from stead.run.run_info import running


def story(
    path: Where = Path(),
    /,
    *,
    containers: Flag = False,
    as_json: Annotated[Flag, Parameter("--json")] = False,
) -> int:
    """Run a backend's story.py against the running backend, and print each step.

    Parameters
    ----------
    containers
        Use the containers that Compose runs here with the dev overlay (make up-dev), not the run of stead up.
    as_json
        Print JSON, for a program: one object a line for each step.
    """
    played = story_of(path)
    story_context = _story_context(path, _step_printer(as_json=as_json), containers=containers)
    try:
        asyncio.run(_run_story(story_context, played))
    except StoryError:
        return 1  # the failed step has printed the reason
    return 0


def _story_context(path: Path, shown: Callable[[Step], None], *, containers: bool) -> StoryContext:
    if containers:
        from stead.ops.containers import Containers

        return Containers(path).story_context(shown)
    found = running(path)
    if found is None:
        raise SteadError(f"nothing runs here: {find(path)}\n  start it: stead up")
    return story_context(found, shown)


async def _run_story(story_context: StoryContext, played: Story) -> None:
    async with story_context:
        await played(story_context)


def _step_printer(*, as_json: bool) -> Callable[[Step], None]:
    if as_json:
        return _write
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)

    def show(step: Step) -> None:
        mark = "[red]✗[/]" if step.wrong else "[green]✓[/]"
        wrong = f"\n  [red]{escape(printable(step.wrong))}[/]" if step.wrong else ""
        console.print(f"{mark} {escape(printable(step.title))} [dim]{step.seconds:.1f} s[/]{wrong}", soft_wrap=True)

    return show


def _write(step: Step) -> None:
    sys.stdout.write(json.dumps(dataclasses.asdict(step)) + "\n")
