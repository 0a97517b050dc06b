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
    ports = {name: str(free_port()) for name in ("GATEWAY_PORT", "S3_PORT")}
    environ = {**images, **seaweedfs(), **ports}
    with in_a_copy("aquastream", environ) as folder, Composed(folder, "dev", environ) as composed:
        yield folder, composed


def test_every_process_is_well(aquastream):
    folder, composed = aquastream
    checked = stead("smoke", folder, "--containers", "--version", "dev", environ=composed.environ).stdout
    assert " checks passed" in checked


def test_its_story_is_played_in_containers(aquastream):
    folder, composed = aquastream
    steps = stead("story", folder, "--containers", "--json", environ=composed.environ).stdout.splitlines()
    assert len(steps) >= 16
    assert [step for step in map(json.loads, steps) if step["wrong"]] == []
