"""Names: a variable for each process and resource: short, plain, none twice."""

import keyword
from collections.abc import Iterable

from stead.adopt.call import stem

TAKEN = frozenset({"backend", "gateway", "lambda_", "service", "job"})


def variables(names: Iterable[str]) -> dict[str, str]:
    """Return a variable for each process: its own part of the name where no other has the same."""
    given = list(names)
    short = {name: _plain(stem(name)) for name in given}
    times = {variable: list(short.values()).count(variable) for variable in short.values()}
    return {name: short[name] if times[short[name]] == 1 and _is_free(short[name]) else _free(name) for name in given}


def _plain(name: str) -> str:
    return name.replace("-", "_")


def _is_free(variable: str) -> bool:
    return variable.isidentifier() and not keyword.iskeyword(variable) and variable not in TAKEN


def _free(name: str) -> str:
    plain = _plain(name)
    return plain if _is_free(plain) else f"{plain}_service"


def other(variable: str, taken: Iterable[str]) -> str:
    """Return a variable that is not taken."""
    known = set(taken)
    number, made = 2, variable
    while made in known or not _is_free(made):
        made, number = f"{variable}_{number}", number + 1
    return made
