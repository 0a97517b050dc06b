"""What all tests of the check share."""

import pytest

from stead.check import guard

collect_ignore = ["cases", "shop"]  # trees to look at: what is named like a test in one is not ours


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch):
    """A description that never ends is given up after a moment."""
    monkeypatch.setattr(guard, "LONGEST", 0.5)
