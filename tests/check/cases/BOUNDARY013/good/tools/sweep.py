from tools.client import stock


def main():
    return stock()
