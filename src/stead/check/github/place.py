"""Where workflows lie, how old what they are pinned to is, and on which runners they run."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from stead.check.context import Context, place
from stead.check.rule import rule
from stead.model import Github, Problem, SourceLocation
from stead.render.pins import DATE, age

VERSIONED = re.compile(r"^[ \t]*runs-on:\s*[\"']?(?:ubuntu|windows|macos)-\d", re.MULTILINE)


@rule("GITHUB034")
def workflows_lie_at_the_top(context: Context) -> Iterator[Problem]:
    """A workflow is in `.github/workflows` at the top of the repository.

    GitHub reads no other folder: one in a backend's own folder never runs. Move it; a backend in a subfolder has
    `Backend(folder="backends/shop")`, and `stead render` writes its workflows at the top.
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

    An outdated pin keeps vulnerabilities that are fixed upstream. Stead's table of actions, images and tools has one
    date; `pin_days` of a pipeline is its maximum age. Update Stead, render again, and commit; or let Dependabot change
    the files that you own.
    """
    days = age(datetime.now(UTC).date())
    for pipeline in context.backend.pipelines if context.backend and not context.problems else ():
        if days > pipeline.pin_days:
            message = f"the pins of {DATE} are {days} days old; the description allows {pipeline.pin_days}"
            yield Problem("GITHUB035", message, pipeline.where, "update Stead, and run stead render; or raise pin_days")


@rule("GITHUB036", severity="warning")
def runners_are_named_by_version(context: Context) -> Iterator[Problem]:
    """If one runner has a version, all have one.

    `ubuntu-latest` changes to another image without a commit, so that an unrelated commit fails. Applied if a workflow
    of this repository names a version, or if the description has a pipeline of GitHub. Write `ubuntu-24.04`, and raise
    it by a commit.
    """
    pipelines = context.backend.pipelines if context.backend else ()
    by_version = any(isinstance(each, Github) for each in pipelines) or any(
        VERSIONED.search(context.tree.text(path) or "") for path in context.tree.forge_files
    )
    for path in context.tree.forge_files if by_version else ():
        for at in context.facts(path).policies:
            if at.more == "github runner-latest":
                mend = "write ubuntu-24.04, or another current version"
                yield Problem("GITHUB036", at.text, place(path, at), mend)


RULES = (workflows_lie_at_the_top, pins_are_young, runners_are_named_by_version)
