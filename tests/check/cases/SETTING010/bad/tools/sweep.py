import os


def main() -> None:
    print(os.environ["SWEEP_BEFORE"])  #! SETTING010
