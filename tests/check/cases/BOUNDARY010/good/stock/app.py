"""Stock."""

from stock.store import pieces


def create():
    return pieces
