"""One rule for each way in which a made thing and its description part."""

from collections.abc import Iterator
from dataclasses import replace

from stead.check.context import Context
from stead.check.drift.difference import Drifted, State
from stead.check.drift.generators import drifted
from stead.check.fix import Step
from stead.check.rule import rule
from stead.model import Problem


def _in(context: Context, state: State, code: str) -> Iterator[Problem]:
    return (each.problem(code) for each in drifted(context) if each.state == state)


def making(context: Context, problem: Problem) -> list[Step]:
    """Offer the command that makes the thing again."""
    commands = (
        each.command
        for each in drifted(context)
        if each.place == problem.place and problem.message.startswith(each.message)
    )
    return [command for command in commands if command]


@rule("DRIFT010", fix=making)
def nothing_is_stale(context: Context) -> Iterator[Problem]:
    """Generated files are up to date with the description.

    An outdated rendered file or picture of the call graph misleads its readers, and the deployed state differs from the
    description. Run the command, and commit the result together with the change.
    """
    yield from (each.problem("DRIFT010") for each in _together(context))


def _together(context: Context) -> Iterator[Drifted]:
    """Yield what is stale, where one command was forgotten as one: at the first file, with how many more."""
    by_command: dict[object, list[Drifted]] = {}
    for each in drifted(context):
        if each.state == "stale":
            by_command.setdefault(each.command or each.place, []).append(each)
    for first, *others in by_command.values():
        more = f", and so {'is' if len(others) == 1 else 'are'} {len(others)} more" if others else ""
        yield replace(first, message=first.message + more)


@rule("DRIFT011", fix=making)
def nothing_is_missing(context: Context) -> Iterator[Problem]:
    """Generated files exist.

    One of a target's files is missing while others exist, or a document has a picture mark without a picture: a
    delivery silently leaves out the missing file. Run the command, and commit the result.
    """
    yield from _in(context, "missing", "DRIFT011")


@rule("DRIFT012", fix=making)
def nothing_is_orphaned(context: Context) -> Iterator[Problem]:
    """Generated files still have a source in the description.

    The files of a removed service remain, and are still deployed; a document shows a removed backend. `stead render`
    removes orphaned rendered files; remove a picture by hand. A file without a mark belongs to the user and is never
    reported.
    """
    yield from _in(context, "orphaned", "DRIFT012")


@rule("DRIFT013")
def nothing_is_edited_by_hand(context: Context) -> Iterator[Problem]:
    """A rendered file is not edited by hand.

    Its first line holds a digest of the rest. The next render would overwrite a manual change, or skip the file.
    Declare the change in the description as an edit: a function of the typed value that is rendered. Or delete the
    first line: then the file belongs to the user, and Stead does not change it.
    """
    yield from _in(context, "edited", "DRIFT013")


@rule("DRIFT014")
def everything_can_be_made(context: Context) -> Iterator[Problem]:
    """The targets in use can still be rendered.

    The description promises something that a target in use cannot provide, or has an edit that matches nothing: until
    that is fixed, the rendered files cannot be updated. Change the named place, or stop using that target.
    """
    yield from _in(context, "impossible", "DRIFT014")


RULES = (nothing_is_stale, nothing_is_missing, nothing_is_orphaned, nothing_is_edited_by_hand, everything_can_be_made)
