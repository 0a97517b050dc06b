"""The alias of an environment in file names: `staging` is `stage`."""

ALIASES = {"staging": "stage"}


def short(environment: str) -> str:
    """Return an environment's name as its files have it."""
    return ALIASES.get(environment, environment)
