"""A way in without a clone: the built wheel, an empty HOME, and the documents' commands as they stand."""

import re
from pathlib import Path

import pytest

from scaffold.wheel_user import ROOT, UV, Reader, WheelUser

pytestmark = [
    pytest.mark.skipif(not UV.is_file(), reason="uv is not installed: run make install"),
    pytest.mark.timeout(600),
]

# What a command of README answers in a new project that has no pipeline, no age key and no host to deliver to.
INCOMPLETE = {
    "stead adopt": "backend.py already exists",
    "stead ship compose --env prod --version v1": "is not shipped",
    "stead ship kubernetes --env prod --version v1": "runs in no cluster",
    "stead ci test": "has no pipeline",
    "stead backup": "name a key",
}


@pytest.fixture(scope="module")
def user(tmp_path_factory):
    return WheelUser(tmp_path_factory.mktemp("way-in"))


def test_uvx_runs_it(user):
    assert user.run(UV, "tool", "run", "--from", user.wheel, "stead", "version").strip()


def test_only_stead_is_put_on_the_path(user):
    assert [each.name for each in user.bin.iterdir()] == ["stead"]


def test_a_new_project_s_own_commands_work_as_they_stand(user):
    created = user.run("stead", "new", "shop")
    assert f"export UV_FIND_LINKS={user.wheels}  #" in created  # `uv lock` of the project needs it
    shop = user.home / "shop"
    reader = Reader(user, shop)
    reader.shell("cd shop", "")
    try:
        outputs = reader.follow((shop / "README.md").read_text())
        assert "No findings" in outputs[0]
        assert "buy milk" in outputs[1]
        assert "401" in outputs[1]
        assert "passed" in outputs[2]
        assert "uv lock" in (shop / "README.md").read_text()
        user.run("uv", "lock", "--quiet", cwd=shop)
        assert (shop / "uv.lock").is_file()
        assert "passed" in user.run("make", "test", cwd=shop)
        user.run("stead", "down", cwd=shop)
        assert "shop is at http://" in user.run("make", "up", "ARGS=--detach --port 0", cwd=shop)
    finally:
        reader.leave()


def test_the_tutorial_can_be_followed(user):
    reader = Reader(user, user.home / "shop")
    try:
        outputs = reader.follow((ROOT / "docs/tutorial.md").read_text())
    finally:
        reader.leave()
    assert len(outputs) > 15
    text = "\n".join(outputs)
    assert re.findall(r"(?<!\d)(4\d\d)$", text, re.M) == ["401", "401", "404"]
    assert re.findall(r'"balance": ?(\d+)', text) == ["1", "2"]
    assert "No findings" in outputs[-1]


def commands_of_the_readme() -> list[str]:
    """Return the commands of the block from a folder to production."""
    text = (ROOT / "README.md").read_text()
    block = text.split("## From a folder to production", 1)[1].split("```sh\n", 1)[1].split("```", 1)[0]
    return [line.split("#")[0].strip() for line in block.splitlines()]


def test_the_readme_s_commands_work_or_name_what_they_need(user):
    commands = commands_of_the_readme()
    assert INCOMPLETE.keys() <= set(commands)
    assert commands[0] == "stead new shop"
    shop: Path = user.home / "shop"
    reader = Reader(user, shop)
    try:
        reader.shell("stead new shop\ncd shop", "")
        for command in commands[1:]:
            reader.shell(command, INCOMPLETE.get(command, ""))
    finally:
        reader.leave()
