"""Generators: what each one makes from a description, and how the existing files differ from that.

A new kind of made thing is a file here and a line in MAKERS. What is made from a service's code instead, its
`openapi.json`, is held by the family of contracts, since that takes an import of the code.
"""

from collections.abc import Callable, Iterator

from stead.check.context import Context
from stead.check.drift import diagram, rendered
from stead.check.drift.difference import Drifted

MAKERS: tuple[Callable[[Context], Iterator[Drifted]], ...] = (diagram.drifted, rendered.drifted)


def drifted(context: Context) -> tuple[Drifted, ...]:
    """Return all that differs; nothing while the description cannot be used."""
    return context.once(_drifted)


def _drifted(context: Context) -> tuple[Drifted, ...]:
    if context.backend is None or context.problems:
        return ()
    return tuple(each for maker in MAKERS for each in maker(context))
