"""Stock."""

from litestar import Litestar


def create():
    return Litestar()
