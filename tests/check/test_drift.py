"""Rendered files that are there, against what would be rendered now: every way in which they part, and the fix."""

import pytest

from check.rule_run import held
from stead.check.fix import apply
from stead.check.registry import rules
from stead.model import load
from stead.render.drift import FOLDER
from stead.render.targets import generated
from stead.render.write import write

DESCRIPTION = """from stead import Backend, Environment, Gateway
from stead.services import points, tokens

ledger = points.service("points-service")
keys = tokens.service("token-service")
edge = Gateway("edge", users=tokens.users(keys), fronts=[ledger, keys])
backend = Backend("shop", gateway=edge, services=[ledger, keys])
"""
DRIFT = rules(["DRIFT"])


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "backend.py").write_text(DESCRIPTION)
    write(tmp_path, generated(load(tmp_path)))
    return tmp_path


def found(root):
    return {(finding.code, finding.place.file.removeprefix(f"{root}/")) for finding in held(root, DRIFT)}


def test_what_was_just_rendered_is_quiet(shop):
    assert found(shop) == set()


def test_nothing_is_asked_where_nothing_was_rendered(tmp_path):
    (tmp_path / "backend.py").write_text(DESCRIPTION)
    assert found(tmp_path) == set()


def test_a_target_that_is_not_in_use_is_not_missed(tmp_path):
    (tmp_path / "backend.py").write_text(DESCRIPTION)
    write(tmp_path, generated(load(tmp_path), ["docker"]), complete=False)
    assert found(tmp_path) == set()


def test_each_way_of_drifting_has_its_rule(shop):
    files = sorted((shop / FOLDER / "compose").glob("*.yaml"))
    files[0].write_text(files[0].read_text() + "# mine\n")
    files[1].unlink()
    names = [file.relative_to(shop).as_posix() for file in files]
    assert found(shop) == {("DRIFT013", names[0]), ("DRIFT011", names[1])}


def test_a_changed_description_leaves_all_behind_and_one_command_mends_it(shop):
    (shop / "backend.py").write_text(DESCRIPTION.replace("points-service", "ledger-service"))
    findings = held(shop, DRIFT)
    assert [finding.code for finding in findings] == ["DRIFT010"]
    steps = {step for finding in findings for step in finding.steps}
    assert len(steps) == 1
    done, refused = apply(steps)
    assert (len(done), refused) == (1, [])
    assert found(shop) == set()


def test_what_the_user_took_over_is_not_told_of(shop):
    for file in (shop / FOLDER / "compose").glob("*.yaml"):
        file.write_text(file.read_text().partition("\n")[2] + "# mine\n")
    assert found(shop) == set()
