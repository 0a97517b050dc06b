"""Orders."""


def create():
    def make():
        return None

    return make
