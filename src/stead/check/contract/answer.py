"""What breaks a caller, compared with a git revision (`--against REV`): what comes back."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.contract.comparison import broken
from stead.check.rule import rule
from stead.model import Problem


@rule("CONTRACT018")
def fields_stay(context: Context) -> Iterator[Problem]:
    """A response keeps its fields.

    A typed caller that reads a removed field fails on every response. Applied with `--against REV`. Keep the field
    until no caller reads it; add the new one beside it.
    """
    yield from broken(context, "CONTRACT018", "field", "keep the field beside the new one until no caller reads it")


@rule("CONTRACT022")
def statuses_stay(context: Context) -> Iterator[Problem]:
    """The status of success does not change.

    A caller that expects 201 does not accept 200, and vice versa. Applied with `--against REV` to statuses from 200 to
    299. Keep the status; a new meaning needs a new operation.
    """
    yield from broken(context, "CONTRACT022", "status", "keep the status")


@rule("CONTRACT024")
def answers_keep_their_types(context: Context) -> Iterator[Problem]:
    """A response's fields keep their types, and required ones stay required.

    A typed caller fails on null where there was text, on a new value of an enum, and on a field that became optional.
    Applied with `--against REV`. Add a field for the new meaning instead.
    """
    yield from broken(context, "CONTRACT024", "answer", "add a field for the new meaning, and keep this one as it was")


RULES = (fields_stay, statuses_stay, answers_keep_their_types)
