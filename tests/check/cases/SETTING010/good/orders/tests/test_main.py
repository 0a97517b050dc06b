import os

EXPECTED = os.environ["EXPECTED_BY_A_TEST"]
