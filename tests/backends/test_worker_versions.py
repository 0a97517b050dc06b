"""The runtime that a lock file of npm names knows the compatibility date that Workers are built for."""

import json

import pytest

from npm import ROOT
from stead.model.workers import COMPATIBILITY_DATE

LOCKS = [ROOT / "package-lock.json", *sorted(ROOT.glob("backends/*/package-lock.json"))]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.parent.name)
def test_workerd_is_not_older_than_the_compatibility_date(lock):
    version = json.loads(lock.read_text())["packages"]["node_modules/workerd"]["version"]
    day = version.split(".")[1]  # such as 1.20261117.1
    assert day >= COMPATIBILITY_DATE.replace("-", "")
