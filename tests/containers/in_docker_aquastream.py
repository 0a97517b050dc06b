"""Aquastream in containers, with the overlay of development: stand-ins, buckets and mail are there as on a machine.

    make test-containers WEED_BIN=/path/to/weed

Its buckets are SeaweedFS's, which is in no package index of Python or Debian: `go install
github.com/seaweedfs/seaweedfs/weed@latest` builds the program.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from containers.docking import IMAGES, Composed, built, free_port, in_a_copy, stead

WEED = os.environ.get("WEED_BIN") or shutil.which("weed")
pytestmark = pytest.mark.skipif(WEED is None, reason="weed is missing: name the program of SeaweedFS, WEED_BIN=…")


@pytest.fixture(scope="module")
def aquastream(images):
    built("stead-test/seaweedfs:1", IMAGES / "seaweedfs.Dockerfile", [Path(WEED)])
    environ = {**images, "S3_IMAGE": "stead-test/seaweedfs:1", "GATEWAY_PORT": str(free_port())}
    with in_a_copy("aquastream", environ) as folder, Composed(folder, "dev", environ) as composed:
        yield folder, composed


def test_every_process_is_well(aquastream):
    folder, composed = aquastream
    checked = stead("smoke", folder, "--containers", "--version", "dev", environ=composed.environ).stdout
    assert " checks passed" in checked


@pytest.mark.xfail(strict=True, reason="a link for an upload names s3:8333, which containers alone can reach")
def test_its_story_is_played_in_containers(aquastream):
    folder, composed = aquastream
    steps = stead("story", folder, "--containers", "--json", environ=composed.environ).stdout.splitlines()
    assert len(steps) >= 16
    assert [step for step in map(json.loads, steps) if step["wrong"]] == []
