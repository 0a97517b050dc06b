"""What breaks a caller, compared with a git revision (`--against REV`): what is asked of it, and of whom."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.contract.comparison import broken
from stead.check.rule import rule
from stead.model import Problem

KEEP = "keep the old one beside the new one until no caller uses it"


@rule("CONTRACT016")
def paths_stay(context: Context) -> Iterator[Problem]:
    """A path is not removed while a client may still use it.

    With `--against REV` each committed `openapi.json` is compared with the one of that revision. A caller of a removed
    path gets 404. Offer the new path beside the old one, move the callers, then remove it. If it never had a caller,
    silence this on the service's line in the backend.py with that reason.
    """
    yield from broken(context, "CONTRACT016", "path", KEEP)


@rule("CONTRACT017")
def methods_stay(context: Context) -> Iterator[Problem]:
    """A method of a path is not removed while a client may still use it.

    Such a client gets 405. Applied with `--against REV`. First offer the new method beside the old one.
    """
    yield from broken(context, "CONTRACT017", "method", KEEP)


@rule("CONTRACT019")
def bodies_need_no_more(context: Context) -> Iterator[Problem]:
    """No field of a request body becomes required.

    An existing client does not send it, and gets 422. Applied with `--against REV`. Make it optional, and treat its
    absence as before.
    """
    yield from broken(context, "CONTRACT019", "needed", "make it optional, and treat its absence as before")


@rule("CONTRACT020")
def parameters_stay_optional(context: Context) -> Iterator[Problem]:
    """No parameter becomes required.

    Existing clients do not send a query, header or cookie parameter that was optional or unknown. Applied with
    `--against REV`. Give it a default.
    """
    yield from broken(context, "CONTRACT020", "parameter", "give it a default")


@rule("CONTRACT021")
def nothing_narrows(context: Context) -> Iterator[Problem]:
    """The accepted input is not narrowed: no type, value, length or bound is removed.

    Otherwise valid requests are refused: by a shorter `maxLength`, an enum without a value, a number that must be
    whole, a removed field. Applied with `--against REV` to bodies and parameters. Accept the earlier input, and
    validate it later.
    """
    yield from broken(context, "CONTRACT021", "narrowed", "accept everything that was accepted before")


@rule("CONTRACT023")
def access_is_not_taken(context: Context) -> Iterator[Problem]:
    """Authorization is not tightened: no operation requires more credentials, another operation, scope or role.

    Otherwise existing clients get 401 or 403. Applied with `--against REV`. If the change is intended, because the
    operation was open by mistake, silence it on the service's line in the backend.py with that reason.
    """
    yield from broken(
        context,
        "CONTRACT023",
        "security",
        "accept the earlier callers, or give the reason where the service is declared",
    )


RULES = (paths_stay, methods_stay, bodies_need_no_more, parameters_stay_optional, nothing_narrows, access_is_not_taken)
