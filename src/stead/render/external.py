"""What a report says of the addresses of what runs elsewhere: the same for every target."""

from stead.model import Backend
from stead.model.external_rules import externals


def addresses(backend: Backend) -> str:
    """Return the end of a sentence; nothing where all runs here."""
    found = [f"`{each.setting}` ({each.name})" for each in externals(backend)]
    return (
        f"; {', '.join(found)}: what the description says for an environment, else what a person gives" if found else ""
    )
