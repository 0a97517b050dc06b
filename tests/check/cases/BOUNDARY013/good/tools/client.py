import os


def stock():
    return os.environ["STOCK_SERVICE_URL"]
