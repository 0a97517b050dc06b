"""Orders."""

from shared.money import cents
from stead.services.points.store import Ledger  #! BOUNDARY010
from stock.store import pieces  #! BOUNDARY010


def create():
    return pieces, cents, Ledger
