"""What services reach outside, for the report of a target that holds it, or does not."""

from collections.abc import Callable

from stead.model import Backend


def egress(sentence: str) -> Callable[[Backend], str]:
    """Return the report of a target, with the declared endpoints."""

    def how(backend: Backend) -> str:
        declared = [f"{each.name}: {', '.join(each.egress)}" for each in backend.services if each.egress]
        return f"{sentence} ({'; '.join(declared) or 'none is declared'})"

    return how
