"""`make corpus`: print recall and precision, and fail where one falls."""

import sys

from corpus.measure import fallen, names, outcomes, table

RESULTS = [outcome for name in names() for outcome in outcomes(name)]
sys.stdout.write("".join(f"{line}\n" for line in table(RESULTS)))
sys.exit("\n".join(fallen(RESULTS)) or 0)
