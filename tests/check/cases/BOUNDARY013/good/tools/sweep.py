from tools.asking import stock


def main():
    return stock()
