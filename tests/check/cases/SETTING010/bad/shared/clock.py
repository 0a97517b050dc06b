"""What several services share."""

import os


def now() -> str:
    return os.environ["CLOCK_ZONE"]  #! SETTING010
