"""Where workflows lie, and how old what they are pinned to is."""

from collections.abc import Iterator
from datetime import UTC, datetime

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem, SourceLocation
from stead.render.pins import DATE, age


@rule("GITHUB034")
def workflows_lie_at_the_top(context: Context) -> Iterator[Problem]:
    """A workflow lies in `.github/workflows` at the top of the repository.

    GitHub reads no other folder: one in a backend's own folder never runs, and nobody is told. Move it; a backend in a
    subfolder says `Backend(folder="backends/shop")`, and `stead render` writes its workflows at the top.
    """
    if not context.tree.tracked:
        return
    for path in context.tree.files:
        if path.parts[-3:-1] == (".github", "workflows") and path.parents[2] != context.tree.top:
            message = f"GitHub never reads this workflow: the repository's top is {context.tree.top.name}/"
            mend = "move it to .github/workflows at the top of the repository"
            yield Problem("GITHUB034", message, SourceLocation(str(path), 1, 1), mend)


@rule("GITHUB035", severity="warning")
def pins_are_young(context: Context) -> Iterator[Problem]:
    """The pins of the rendered pipelines are younger than the description allows.

    A pin that nobody renews keeps every hole that was fixed since. Stead's table of actions, images and tools has one
    date; `pin_days` of a pipeline says how old it may be. Update Stead, render again, and commit; or let Dependabot
    change the files that you own.
    """
    days = age(datetime.now(UTC).date())
    for pipeline in context.backend.pipelines if context.backend and not context.problems else ():
        if days > pipeline.pin_days:
            message = f"the pins are of {DATE}, {days} days old, and may be {pipeline.pin_days}"
            yield Problem("GITHUB035", message, pipeline.where, "update Stead, and run stead render; or raise pin_days")


RULES = (workflows_lie_at_the_top, pins_are_young)
