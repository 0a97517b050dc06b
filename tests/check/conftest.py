"""What all tests of the check share."""

import pytest

from stead.check import sandbox
from stead.check.health import app_probe

collect_ignore = ["cases", "shop", "rendered"]  # trees to look at: what is named like a test in one is not ours


@pytest.fixture(autouse=True)
def _short_timeout(monkeypatch, request):
    """What never ends is given up after a moment: a description, and the apps that are said to hang or to wait."""
    monkeypatch.setattr(sandbox, "LONGEST", 0.5)
    if "hanging" in request.node.name:
        monkeypatch.setattr(app_probe, "BUSY", 1.5)
        monkeypatch.setattr(app_probe, "IDLE", 1.5)
    if "waiting" in request.node.name:
        monkeypatch.setattr(app_probe, "ANSWER_TIMEOUT", 0.2)
