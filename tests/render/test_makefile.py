"""The rendered Makefile: it lists its targets, names commands that are there, and does what it says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import stead
from stead.cli import COMMANDS, app
from stead.model import Backend, Bucket, Service
from stead.render import makefile
from stead.render.makefile import HOW
from stead.services import points

ROOT = Path(__file__).parents[2]
KNOWN = {name for commands in COMMANDS.values() for name in commands}
# Task 20 of the infra backlog, and what goes with it.
WANTED = {
    "build-images",
    "push-images",
    "scan",
    "sbom",
    "up-dev",
    "up-stage",
    "up-dev-observability",
    "bucket-bootstrap",
}
WANTED |= {"backup", "restore", "smoke", "story", "logs", "down"}
pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


@pytest.fixture(params=["rewards", "tigrit", "media"])
def folder(request, tmp_path):
    """A backend's folder with the rendered file in it, in a project."""
    media = Backend("media", [Service("media", command="node main.js", needs=[Bucket()]), points.service()])
    backend = media if request.param == "media" else stead.load(ROOT / "backends" / request.param)
    place = tmp_path / "backends" / request.param
    (place / "deploy/make").mkdir(parents=True)
    (place / "deploy/make/stead.mk").write_text(makefile.files(backend)["make/stead.mk"])
    return place


def make(folder, *words, path=None, well=True, file="deploy/make/stead.mk"):
    command = ["make", "--file", file, *words]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={"PATH": path or "/usr/bin:/bin"}, check=False
    )
    assert not well or done.returncode == 0, done.stdout + done.stderr
    return done


def targets(folder):
    return re.findall(r"^  make ([a-z-]+)", make(folder).stdout, re.MULTILINE)


def test_make_on_its_own_lists_every_target(folder):
    text = (folder / "deploy/make/stead.mk").read_text()
    assert set(targets(folder)) == set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))
    missing = WANTED - set(targets(folder))
    assert missing == (set() if folder.name == "media" else {"bucket-bootstrap"})


def test_every_command_of_ours_is_one(folder):
    for target in targets(folder):
        shown = make(folder, "--dry-run", target, "ARCHIVE=backups/x", "REGISTRY=example.com/shop").stdout
        assert set(re.findall(r"(?:^|\s)stead ([a-z]+)", shown)) <= KNOWN


def test_every_image_is_built_of_its_file_and_pushed(folder):
    names = {"media": ["media", "python"]}.get(folder.name, ["python"])
    shown = make(
        folder, "--dry-run", "build-images", "REGISTRY=example.com/shop", "VERSION=4f2a91c", "PYTHON_BASE=mine"
    ).stdout
    for name in names:
        assert f"/deploy/docker/{name}.Dockerfile --build-arg VERSION=4f2a91c" in shown
        assert f"--tag example.com/shop/{folder.name}-{name}:sha-4f2a91c " in shown
    assert "--build-arg PYTHON_BASE=mine" in shown
    refused = make(folder, "push-images", well=False)
    assert "set the registry: make push-images REGISTRY=" in refused.stderr
    assert refused.returncode


@pytest.mark.parametrize("target", ["scan", "sbom"])
def test_where_there_is_no_tool_it_says_how_to_get_one(folder, target):
    refused = make(folder, target, path="/nowhere:/usr/bin:/bin", well=False)
    if any(shutil.which(tool, path="/usr/bin:/bin") for tool in ("trivy", "grype", "syft")):
        pytest.skip("a tool is installed")
    assert HOW[target] in refused.stderr
    assert refused.returncode


@pytest.mark.parametrize(
    ("target", "tool", "said"),
    [
        ("scan", "trivy", "image --exit-code 1 --severity HIGH,CRITICAL rewards-python:sha-v1"),
        ("scan", "grype", "--fail-on high rewards-python:sha-v1"),
        ("sbom", "syft", "rewards-python:sha-v1 --output spdx-json=.stead/sbom/rewards-python-sha-v1.spdx.json"),
        (
            "sbom",
            "trivy",
            "image --format spdx-json --output .stead/sbom/rewards-python-sha-v1.spdx.json rewards-python:sha-v1",
        ),
    ],
)
def test_the_tool_that_is_there_is_asked_about_each_image(tmp_path, target, tool, said):
    """The tools stand in for those that need an index of vulnerabilities; what they find is what make ends with."""
    place = tmp_path / "rewards"
    (place / "deploy/make").mkdir(parents=True)
    (place / "deploy/make/stead.mk").write_text(makefile.files(stead.load(ROOT / "backends/rewards"))["make/stead.mk"])
    program = tmp_path / "bin" / tool
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@"\nexit "${FOUND:-0}"\n')
    program.chmod(0o755)
    asked = make(place, target, "VERSION=v1", path=f"{program.parent}:/usr/bin:/bin")
    assert asked.stdout.replace(f"{place}/", "").strip() == said
    program.write_text("#!/bin/sh\nexit 1\n")
    assert make(place, target, path=f"{program.parent}:/usr/bin:/bin", well=False).returncode


def test_what_names_no_archive_restores_nothing(folder):
    refused = make(folder, "restore", well=False)
    assert "set the archive: make restore ARCHIVE=" in refused.stderr


def test_an_env_file_is_read_where_there_is_one(folder):
    assert "--env-file" not in make(folder, "--dry-run", "logs").stdout
    (folder / "deploy/compose").mkdir()
    (folder / "deploy/compose/.env.dev").write_text("")
    assert "--env-file .env.dev" in make(folder, "--dry-run", "logs").stdout


def test_a_target_does_the_same_from_the_root_of_the_repository(folder):
    words = ["--dry-run", "ARCHIVE=backups/x", "REGISTRY=example.com/shop", *sorted({*targets(folder)} - {"help"})]
    root = folder.parents[1]
    here = make(folder, *words).stdout
    assert make(root, *words, file=f"backends/{folder.name}/deploy/make/stead.mk").stdout == here
    assert str(folder) in here


def test_stead_understands_what_it_is_told(folder):
    """A word that it takes otherwise would make a target do nothing, and well."""
    text = (folder / "deploy/make/stead.mk").read_text()
    for name, value in (("VERSION", "v1"), ("ARCHIVE", "a.dump.gz.age"), ("HERE", ".")):
        text = text.replace(f"$({name})", value)
    told = re.findall(r"\$\(STEAD\) (.+)", text)
    assert len(told) > 5
    for line in told:
        words = [word for word in line.split() if not word.startswith("$")]
        command, given, _ = app().parse_args(words, exit_on_error=False, print_error=False)
        assert command.__module__.startswith("stead.cli."), line
        assert Path() in given.args
