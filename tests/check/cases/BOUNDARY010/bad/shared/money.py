from stock.prices import price  #! BOUNDARY010


def cents():
    return price
