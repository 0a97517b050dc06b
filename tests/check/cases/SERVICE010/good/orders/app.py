"""Orders."""


def create():
    return None
