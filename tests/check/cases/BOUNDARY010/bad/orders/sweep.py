from orders.app import create
from stock import store  #! BOUNDARY010


def main():
    return create, store
