"""Billing."""  #! SERVICE022

from litestar import Litestar


def create():
    return Litestar()
