"""Three repositories, as documents describe them, and the description that a person would keep of each."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from check.rule_run import git, held, modules_left_alone
from stead.adopt.adopt import adopt
from stead.check.registry import rules
from stead.model import load

REPOSITORIES = Path(__file__).parent / "repositories"
NAMES = ["aquastream", "archpad", "workers"]
DESCRIPTION = "backend.py"
each_one = pytest.mark.parametrize("name", NAMES)
# What the check finds in each is really so: images without a digest, secrets of which no env example tells, services
# that wait for the health of a Redis without a health check, a hook that runs before the sync makes its account.
REAL = {
    "aquastream": {"SERVICE019", "IMAGE011", "COMPOSE050", "COMPOSE051"},
    "archpad": {"SERVICE018", "SERVICE019", "SETTING019", "IMAGE011", "KUBERNETES083"},
    "workers": {"SETTING019", "GITHUB028"},
}


@pytest.fixture
def repository(tmp_path, name):
    """A copy without its description, as `stead adopt` would find it."""
    root = tmp_path / name
    shutil.copytree(REPOSITORIES / name, root)
    (root / DESCRIPTION).unlink()
    return root


def reviewed(name):
    return REPOSITORIES / name / DESCRIPTION


def test_these_are_all():
    assert sorted(folder.name for folder in REPOSITORIES.iterdir()) == NAMES


@each_one
def test_the_description_is_the_one_that_was_reviewed(name, repository):
    assert adopt(repository).text == reviewed(name).read_text()


@each_one
def test_it_loads_and_only_what_is_really_so_is_found(name, repository):
    (repository / DESCRIPTION).write_text(adopt(repository).text)
    git(repository, "init", "-q")
    git(repository, "add", "-A")
    with modules_left_alone(repository):
        assert load(repository).name
    assert {finding.code for finding in held(repository, rules(costs=("fast", "slow")))} <= REAL[name]


@each_one
def test_ruff_would_change_nothing(name):
    file = str(REPOSITORIES / name / DESCRIPTION)
    for words in (("format", "--check"), ("check",)):
        command = [
            sys.executable,
            "-m",
            "ruff",
            *words,
            "--config",
            str(REPOSITORIES.parents[2] / "pyproject.toml"),
            file,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@each_one
def test_the_same_repository_gives_the_same_bytes(name, repository):
    told = set()
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        command = [sys.executable, "-m", "stead", "adopt", str(repository), "--out", "-"]
        environ = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        done = subprocess.run(command, capture_output=True, check=True, env=environ, cwd=repository.parent)
        told.add(done.stdout)
    assert told == {reviewed(name).read_bytes()}


SECRETS = {
    "POSTGRES_PASSWORD": "Qm3dV8xT1nLp6yRz",
    "REDIS_PASSWORD": "w7HsKc2Bv9Ju4Xea",
    "MINIO_ACCESS_KEY": "media-of-this-machine",
    "JWT_SECRET": "c1f0a7d95e3b48269a7d4c1e8b2f6035",
    "YOOKASSA_SHOP_ID": "998877",
}


@pytest.mark.parametrize("name", ["aquastream"])
@pytest.mark.parametrize("file", ["backend-infra/docker/compose/.env", "backend-user/.env", ".env"])
def test_nothing_of_a_real_env_file_is_told(repository, file):
    (repository / file).write_text("".join(f"{key}={value}\n" for key, value in SECRETS.items()))
    text = adopt(repository).text
    assert [value for value in SECRETS.values() if value in text] == []


@pytest.mark.parametrize("name", ["aquastream"])
def test_no_secret_that_a_compose_file_holds_is_told(repository):
    file = repository / "backend-infra/docker/compose/docker-compose.yml"
    text = file.read_text().replace("${POSTGRES_PASSWORD}", SECRETS["POSTGRES_PASSWORD"])
    file.write_text(text.replace("${REDIS_PASSWORD}", SECRETS["REDIS_PASSWORD"]))
    assert not set(SECRETS.values()) & set(adopt(repository).text.replace('"', " ").split())
