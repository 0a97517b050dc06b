"""What breaks a caller, compared with a git revision (`--against REV`): what is asked of it, and of whom."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.contract.comparison import broken
from stead.check.rule import rule
from stead.model import Problem

KEEP = "keep the old one beside the new one until no caller uses it"


@rule("CONTRACT016")
def paths_stay(context: Context) -> Iterator[Problem]:
    """A path is not taken away while someone may still ask for it.

    With `--against REV` each committed `openapi.json` is compared with the one of that revision. A caller of a path
    that is gone gets 404. Offer the new path beside the old one, move the callers, then remove it; where nobody ever
    called it, silence this on the service's line in the backend.py with that reason.
    """
    yield from broken(context, "CONTRACT016", "path", KEEP)


@rule("CONTRACT017")
def methods_stay(context: Context) -> Iterator[Problem]:
    """A method of a path is not taken away while someone may still use it.

    Anyone who does gets 405. Asked with `--against REV`. Offer the new way beside the old one first.
    """
    yield from broken(context, "CONTRACT017", "method", KEEP)


@rule("CONTRACT019")
def bodies_need_no_more(context: Context) -> Iterator[Problem]:
    """A body that was complete stays complete: no field becomes required.

    Anyone who was written before does not send it, and gets 422. Asked with `--against REV`. Let it be optional, and
    treat its absence as before.
    """
    yield from broken(context, "CONTRACT019", "needed", "let it be optional, and treat its absence as before")


@rule("CONTRACT020")
def parameters_stay_optional(context: Context) -> Iterator[Problem]:
    """No parameter becomes required.

    A query, header or cookie parameter that could be left out, or was not known, is not sent by those who call today.
    Asked with `--against REV`. Give it a default.
    """
    yield from broken(context, "CONTRACT020", "parameter", "give it a default")


@rule("CONTRACT021")
def nothing_narrows(context: Context) -> Iterator[Problem]:
    """What may be sent is not narrowed: no type, value, length or bound is taken away.

    What was accepted yesterday is refused today: a shorter `maxLength`, an enum with one value less, a number that must
    be whole, a field that is taken no more. Asked with `--against REV`, of bodies and of parameters. Accept what was
    accepted, and judge it further on.
    """
    yield from broken(context, "CONTRACT021", "narrowed", "accept what was accepted before")


@rule("CONTRACT023")
def access_is_not_taken(context: Context) -> Iterator[Problem]:
    """Who could ask still can: no operation asks for more credentials, another operation, scope or role.

    Who had what it took gets 401 or 403 without having changed anything. Asked with `--against REV`. Where it is meant,
    because it should never have been open, silence it on the service's line in the backend.py with that reason.
    """
    yield from broken(
        context,
        "CONTRACT023",
        "security",
        "accept the earlier callers, or give the reason where the service is declared",
    )


RULES = (paths_stay, methods_stay, bodies_need_no_more, parameters_stay_optional, nothing_narrows, access_is_not_taken)
