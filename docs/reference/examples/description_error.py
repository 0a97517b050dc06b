"""Stop with every problem of a description."""

import sys

from stead import DescriptionError, load

try:
    backend = load("backends/rewards")
except DescriptionError as error:
    sys.exit("\n".join(f"{problem.code}: {problem.message}" for problem in error.problems))
