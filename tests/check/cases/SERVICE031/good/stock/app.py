"""Stock."""


def create():
    return None
