"""Stop with the text of an error that the user can fix."""

import sys

from stead import SteadError, load

try:
    backend = load("backends/rewards")
except SteadError as error:
    sys.exit(str(error))
