"""The report on addresses of external servers, the same for every target."""

from stead.model import Backend
from stead.model.external_rules import externals


def addresses(backend: Backend) -> str:
    """Return the end of a sentence; nothing where all runs here."""
    found = [f"`{each.setting}` ({each.name})" for each in externals(backend)]
    return f"; {', '.join(found)}: the description's value for the environment, otherwise a given one" if found else ""
