"""Orders."""

from shared.money import cents
from stead.services.points.contract import Award
from stock.contract import Reserved

from . import store


def create():
    return Reserved, cents, Award, store
