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
    """What was made from the description is what it would be if it were made now.

    A rendered file, or a picture of the call graph, that lags behind is believed until someone notices it: what
    runs is then not what the description says. Run the command, and commit what it writes together with the change.
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
    """What is made from the description is there.

    One of a target's files is missing while others are there, or a document announces a picture and holds none: a
    delivery takes what it finds, and leaves out the rest without a word. Run the command, and commit what it writes.
    """
    yield from _in(context, "missing", "DRIFT011")


@rule("DRIFT012", fix=making)
def nothing_is_orphaned(context: Context) -> Iterator[Problem]:
    """What was made is still made by something.

    A service that was removed leaves its files behind, and they are deployed as long as they are there; a document
    shows a backend that is gone. Rendering again removes a rendered file that nothing makes; a picture is removed by
    hand. A file without a mark is the user's, and is never told of.
    """
    yield from _in(context, "orphaned", "DRIFT012")


@rule("DRIFT013")
def nothing_is_edited_by_hand(context: Context) -> Iterator[Problem]:
    """A rendered file is as it was rendered.

    Its first line holds a digest of the rest. What someone changed by hand is lost when it is rendered again, or else
    keeps the file from following the description. Say the change in the description, as an edit: a function of the
    typed value that is rendered. Or delete the first line: then the file is the user's own, and stays as it is.
    """
    yield from _in(context, "edited", "DRIFT013")


@rule("DRIFT014")
def everything_can_be_made(context: Context) -> Iterator[Problem]:
    """What was rendered can still be rendered.

    The description now promises something that a target in use cannot keep, or holds an edit that is for nothing: until
    that is fixed, nobody can bring the rendered files up to date. Change what is named, or stop using that target.
    """
    yield from _in(context, "impossible", "DRIFT014")


RULES = (nothing_is_stale, nothing_is_missing, nothing_is_orphaned, nothing_is_edited_by_hand, everything_can_be_made)
