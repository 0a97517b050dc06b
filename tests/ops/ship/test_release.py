"""Releases: what ran before is found again, files included, and only one ships at a time."""

import pytest

from stead.ops.ship.error import LockedError, NotReadyError
from stead.ops.ship.release import RETAINED, Releases

FILES = ("compose.yaml", "compose.stage.yaml")


@pytest.fixture
def releases(tmp_path):
    compose = tmp_path / "deploy" / "compose"
    compose.mkdir(parents=True)
    for name in FILES:
        (compose / name).write_text(f"# {name}\n")
    return Releases(compose, tmp_path / ".stead", "stage")


def keep(releases, version):
    return releases.keep(version, {"VERSION": version, "IMAGE_PYTHON": f"shop:{version}"}, FILES)


def test_nothing_ran_before(releases):
    assert releases.current() is None


def test_what_is_kept_is_found_again_with_its_files(releases, tmp_path):
    made = keep(releases, "v1")
    (tmp_path / "deploy/compose/compose.yaml").write_text("# another\n")
    assert releases.current() == made
    assert releases.files_of(made) == tuple(f"../../.stead/shipped/stage/v1/{name}" for name in FILES)
    assert (releases.folder / "v1/compose.yaml").read_text() == "# compose.yaml\n"


def test_the_same_version_is_kept_once(releases):
    keep(releases, "v1")
    keep(releases, "v1")
    assert [file.parent.name for file in releases.folder.glob("*/release.json")] == ["v1"]


def test_old_ones_are_forgotten_and_never_the_one_that_runs(releases):
    for number in range(RETAINED + 3):
        keep(releases, f"v{number}")
    kept = {file.parent.name for file in releases.folder.glob("*/release.json")}
    assert len(kept) == RETAINED
    assert releases.current().version == f"v{RETAINED + 2}"
    assert f"v{RETAINED + 2}" in kept


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"version": "v1"}'])
def test_damage_is_told(releases, damage):
    keep(releases, "v1")
    (releases.folder / "v1/release.json").write_text(damage)
    with pytest.raises(NotReadyError, match="is damaged"):
        releases.current()


def test_two_do_not_ship_at_once(releases):
    with releases.locked(), pytest.raises(LockedError, match="another ship runs here now"), releases.locked():
        pass
    with releases.locked():
        pass
