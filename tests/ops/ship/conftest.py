"""The stand-in of Cloudflare's API, and a rendered backend of Workers that is deployed to it."""

import os

import pytest

from ops.ship.workers_deploy import SIX, written
from stead.testing import wrangler
from stead.testing.cloudflare import StandInCloudflare


@pytest.fixture
def cloudflare():
    with StandInCloudflare().running() as running:
        yield running


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A rendered project, with the stand-in of wrangler on its PATH."""
    (tmp_path / "bin").mkdir()
    wrangler.install(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return written(tmp_path, SIX)
