"""Story: run a backend's `story.py` against the running backend."""

import importlib.util
from collections.abc import Awaitable, Callable
from pathlib import Path

from stead.model.load import find
from stead.model.problem import DescriptionError, Problem
from stead.model.source_location import SourceLocation
from stead.ops.story_context import Step, StoryContext
from stead.run.control_client import Remote
from stead.run.run_info import Running

Story = Callable[[StoryContext], Awaitable[None]]


def story_of(path: str | Path) -> Story:
    """Return the `story` function of the `story.py` beside a backend.py; DescriptionError when there is none."""
    file = find(path).with_name("story.py")
    mend = "define `async def story(context: StoryContext) -> None` in it"
    if not file.is_file():
        raise DescriptionError([Problem("STORY001", "this backend has no story.py", SourceLocation(str(file)), mend)])
    spec = importlib.util.spec_from_file_location("_story", file)
    if spec is None or spec.loader is None:
        raise DescriptionError([Problem("STORY001", "it is not a Python file", SourceLocation(str(file)), mend)])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    story: Story | None = getattr(module, "story", None)
    if story is None:
        raise DescriptionError([Problem("STORY002", "it defines no story", SourceLocation(str(file)), mend)])
    return story


def story_context(found: Running, shown: Callable[[Step], None] = lambda _: None) -> StoryContext:
    """Return the context of a story for a backend on this machine."""

    def control(do: str, name: str) -> None:
        Remote(found.folder.description).ask(do, [name])

    return StoryContext(
        found.url,
        lambda user, roles: found.token(user, roles),
        found.secret,
        shown,
        urls=found.urls,
        control=control,
    )
