from stock.store import pieces


class Reserved:
    pieces = pieces
