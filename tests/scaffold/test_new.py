"""A new backend, as a person begins one: made, checked, tested, run, played, asked, extended."""

import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest

from cli import command, command_process
from npm import node_modules
from stead.model import Service
from stead.run.workerd_bundle import WorkerSource, bundle


def stead(*words, at, well=True, run=command.stead):
    done = run(*map(str, words), folder=at)
    assert not well or done.returncode == 0, f"stead {' '.join(map(str, words))}: {done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def shop():
    """A backend that was begun, and nothing else."""
    with tempfile.TemporaryDirectory(prefix="stead-new-") as parent:
        stead("new", "shop", at=parent)
        yield Path(parent) / "shop"


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """A backend that was begun in a folder that was named, made once: `begun` is a copy."""
    parent = tmp_path_factory.mktemp("untouched")
    stead("new", "shop", "--in", parent, at="/")
    return parent / "shop"


@pytest.fixture
def begun(untouched, tmp_path):
    return shutil.copytree(untouched, tmp_path / "shop", symlinks=True)


def test_it_is_made_whole(shop):
    assert {file.name for file in shop.parent.iterdir()} == {"shop"}
    files = {str(file.relative_to(shop)) for file in shop.rglob("*") if file.is_file() and ".stead" not in file.parts}
    assert {"backend.py", "story.py", "README.md", ".gitignore", "pyproject.toml", "notes/openapi.json"} <= files
    assert {"Makefile", "deploy/compose/compose.yaml", "deploy/docker/python.Dockerfile"} <= files
    assert not [name for name in files if "template" in name or "pyc" in name]


def test_it_passes_the_check(shop):
    assert "No findings" in stead("check", at=shop).stdout


def test_what_is_rendered_is_of_today(shop):
    assert stead("render", "--check", at=shop).returncode == 0


def test_make_lists_what_can_be_done(shop):
    shown = subprocess.run(["make"], cwd=shop, capture_output=True, text=True, check=True).stdout
    assert all(f"  make {target}" in shown for target in ("test ", "up-dev ", "build-images ", "backup "))


def test_it_is_formatted_and_typed(shop):
    for words in (("ruff", "check", "--isolated"), ("ruff", "format", "--check", "--isolated", "--line-length=120")):
        assert subprocess.run([sys.executable, "-m", *words, "."], cwd=shop, check=False).returncode == 0
    words = ["mypy", "--strict", "--explicit-package-bases", "--cache-dir=/dev/null", "backend.py", "story.py", "notes"]
    typed = subprocess.run([sys.executable, "-m", *words], cwd=shop, capture_output=True, text=True, check=False)
    assert typed.returncode == 0, typed.stdout


def test_it_runs_at_once(shop):
    process = partial(stead, at=shop, run=command_process.stead)
    process("up", "-d", "--wait", "--port", "0")
    try:
        process("story")
        process("smoke")
        assert "No findings" in process("check", "--live").stdout
    finally:
        process("down")


def test_it_grows(begun):
    stead("add", "service", "orders", "--of", "order", at=begun)
    stead("add", "points", at=begun)
    stead("add", "sessions", "visits", begun, at="/")
    assert "No findings" in stead("check", at=begun).stdout
    stead("render", "--check", at=begun)
    shown = stead("graph", "-f", "table", at=begun).stdout
    assert all(name in shown for name in ("notes", "token-service", "orders", "points-service", "visits"))
    tests = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    plain = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # plugins of libraries here take seconds
    ran = subprocess.run(tests, cwd=begun, env=plain, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout
    assert "16 passed" in ran.stdout


def test_a_worker_is_made_where_there_is_none_and_one_that_is_there_stays(begun):
    (begun / "apps" / "letters" / "src").mkdir(parents=True)
    (begun / "apps" / "letters" / "src" / "index.ts").write_text("export default { fetch: () => new Response() };\n")
    added = stead("add", "worker", "letters", at=begun).stdout
    for line in (
        "removed  25 files of deploy/",
        "not rendered: compose, make, observability: these targets cannot run Workers (letters)",
    ):
        assert line in added
    make = subprocess.run(["make", "-n", "test"], cwd=begun, capture_output=True, text=True, timeout=60, check=False)
    assert "pytest" in make.stdout, make.stderr
    stead("add", "worker", "parcels", at=begun)
    assert "new Response()" in (begun / "apps" / "letters" / "src" / "index.ts").read_text()
    shown = stead("check", at=begun, well=False).stdout
    assert not [word for word in ("apps/", "letters", "parcels", "WORKER", "Makefile") if word in shown], shown
    (begun / "node_modules").symlink_to(node_modules())
    source = WorkerSource.of(Service("parcels", worker="apps/parcels"), begun)
    bundle(source, begun / "parcels.js")
    assert '"/v1/parcels"' in (begun / "parcels.js").read_text()


def test_what_is_there_is_left_alone(begun):
    for taken in (begun, begun.parent / "dangling", begun.parent / "file"):
        if taken.name == "dangling":
            taken.symlink_to("nowhere")
        elif taken.name == "file":
            taken.touch()
        before = snapshot(begun.parent)
        refused = stead("new", taken.name, at=begun.parent, well=False)
        assert (refused.returncode, "exists already, and was not changed" in refused.stderr) == (1, True)
        assert snapshot(begun.parent) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["My shop"], "my-shop would be one"),
        (["x", "--in", "nowhere"], "nowhere does not exist"),
        (["x", "--in", "shop/backend.py"], "is not a folder"),
        (["x", "--in", "shop"], "is a backend itself"),
    ],
)
def test_what_cannot_be_begun_is_told(begun, words, said):
    before = snapshot(begun.parent)
    refused = stead("new", *words, at=begun.parent, well=False)
    assert (refused.returncode, said in refused.stderr) == (1, True), refused.stderr
    assert snapshot(begun.parent) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pints"], "did you mean points?"),
        (["service"], "needs a name"),
        (["service", "notes"], "has a notes already"),
        (["service", "email"], "email-service would not"),
        (["service", "story"], "story-service would not"),
        (["tokens"], "has a token-service already"),
        (["tokens", "more-tokens"], "was not changed; with more-tokens in it:"),
        (["points", "./nowhere"], "there is no backend.py here"),
    ],
)
def test_what_cannot_be_added_changes_nothing(begun, words, said):
    before = snapshot(begun)
    refused = stead("add", *words, at=begun, well=False)
    assert (refused.returncode, said in refused.stderr) == (1, True), refused.stderr
    assert "Traceback" not in refused.stderr
    assert snapshot(begun) == before


def test_a_description_that_is_written_otherwise_is_left_to_a_person(begun):
    description = begun / "backend.py"
    description.write_text(
        description.read_text().replace("[notes_service, keys],\n)", "list((notes_service, keys)),\n)")
    )
    before = description.read_text()
    refused = stead("add", "service", "orders", at=begun, well=False)
    assert "backend.py was not changed: its services is not a list that is written out" in refused.stderr
    assert 'orders_service = orders.service("orders")' in refused.stderr
    assert (refused.returncode, description.read_text(), (begun / "orders/app.py").is_file()) == (1, before, True)


def test_a_description_that_is_broken_is_mended_first(begun):
    description = begun / "backend.py"
    description.write_text(description.read_text().replace("fronts=[notes_service, keys]", "fronts=[keys]"))
    refused = stead("add", "points", at=begun, well=False)
    assert "ROUTE002" in refused.stderr


def snapshot(folder):
    return {
        str(file.relative_to(folder)): file.read_bytes() if file.is_file() else b""
        for file in folder.rglob("*")
        if "__pycache__" not in file.parts
    }
