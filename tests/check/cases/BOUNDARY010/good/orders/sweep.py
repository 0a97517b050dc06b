from orders.store import kept


def main():
    return kept
