"""Aquastream in containers, with the overlay of development: stand-ins, buckets and mail are there as on a machine.

    make test-containers WEED_BIN=/path/to/weed

Its buckets are SeaweedFS's, which is in no package index of Python or Debian: `go install
github.com/seaweedfs/seaweedfs/weed@latest` builds the program.
"""

import json

import pytest

from containers.bases import NO_WEED, seaweedfs
from containers.docking import Composed, free_port, in_a_copy, stead

pytestmark = pytest.mark.skipif(bool(NO_WEED), reason=NO_WEED)


@pytest.fixture(scope="module")
def aquastream(images):
    environ = {**images, **seaweedfs(), "GATEWAY_PORT": str(free_port())}
    with in_a_copy("aquastream", environ) as folder, Composed(folder, "dev", environ) as composed:
        yield folder, composed


def test_every_process_is_well(aquastream):
    folder, composed = aquastream
    checked = stead("smoke", folder, "--containers", "--version", "dev", environ=composed.environ).stdout
    assert " well" in checked


@pytest.mark.xfail(strict=True, reason="a link for an upload names s3:8333, which containers alone can reach")
def test_its_story_is_played_in_containers(aquastream):
    folder, composed = aquastream
    steps = stead("story", folder, "--containers", "--json", environ=composed.environ).stdout.splitlines()
    assert len(steps) >= 16
    assert [step for step in map(json.loads, steps) if step["wrong"]] == []
