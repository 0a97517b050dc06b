"""The backend's own packages, found as they are when the backend runs: beside its backend.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "backends" / "tigrit"))
