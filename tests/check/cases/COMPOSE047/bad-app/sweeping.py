"""A job: what nobody has paid is let go."""


def sweep() -> None:
    """Do it."""
