"""What becomes of the description's promises in Compose."""

from collections.abc import Iterator

from stead.model import Backend, Problem


def problems(_backend: Backend) -> Iterator[Problem]:
    """Yield the promises that Compose cannot keep."""
    yield from ()
