"""A way in without a clone: the built wheel, an empty HOME, and the commands of README and of the new project."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")

pytestmark = [
    pytest.mark.skipif(not UV.is_file(), reason="uv is not installed: run make install"),
    pytest.mark.timeout(600),
]


class Person:
    """Somebody with an empty HOME, a wheel in a folder, and nothing of this clone on the PATH."""

    def __init__(self, folder: Path) -> None:
        self.home, self.wheels = folder / "home", folder / "wheels"
        self.home.mkdir()
        self.wheels.mkdir()
        self.bin = self.home / ".local/bin"
        path = os.pathsep.join([str(self.bin), *(each for each in os.defpath.split(os.pathsep) if each)])
        cache = os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache/uv")  # what was downloaded is not again
        index = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
        self.environ = {**index, "HOME": str(self.home), "PATH": path, "UV_CACHE_DIR": cache, "LC_ALL": "C.UTF-8"}
        self.environ |= {"UV_FIND_LINKS": str(self.wheels), "UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never"}

    def run(self, *words: str | Path, cwd: Path | None = None) -> str:
        done = subprocess.run(
            [str(word) for word in words],
            cwd=cwd or self.home,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(map(str, words))}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def person(tmp_path_factory):
    made = Person(tmp_path_factory.mktemp("way-in"))
    made.run(UV, "build", "--wheel", "--quiet", "--out-dir", made.wheels, cwd=ROOT)
    made.wheel = next(made.wheels.glob("*.whl"))
    made.run(UV, "tool", "install", "--quiet", made.wheel)
    return made


def test_uvx_runs_it(person):
    assert person.run(UV, "tool", "run", "--from", person.wheel, "stead", "version").strip()


def test_only_stead_is_put_on_the_path(person):
    assert [each.name for each in person.bin.iterdir()] == ["stead"]


def test_a_new_project_s_own_commands_work_as_they_stand(person):
    person.run("stead", "new", "shop")
    shop = person.home / "shop"
    readme = (shop / "README.md").read_text()
    try:
        assert "stead up" in readme
        person.run("stead", "up", "-d", "--port", "0", cwd=shop)
        for command in ("story", "smoke", "check"):
            assert f"stead {command}" in readme
            person.run("stead", command, cwd=shop)
    finally:
        person.run("stead", "down", cwd=shop)
    assert "uv lock" in readme
    person.run(UV, "lock", "--quiet", cwd=shop)
    assert (shop / "uv.lock").is_file()
    assert "pytest" in readme
    person.run(UV, "run", "--quiet", "pytest", cwd=shop)
    shutil.rmtree(shop)
