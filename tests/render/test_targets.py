"""The frame: what is rendered is the same everywhere, says that it is ours, and leaves alone what is not."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import stead
from stead.render.drift import differences
from stead.render.header import mark_of, marked
from stead.render.targets import TARGETS, generated
from stead.render.write import write

ROOT = Path(__file__).parents[2]
BACKENDS = ("aquastream", "archpad", "polyglot", "rewards", "tigrit")
DIGEST = """
import hashlib, sys, stead
from stead.render.targets import generated
files = generated(stead.load(sys.argv[1]))
print(hashlib.sha256(repr(files).encode()).hexdigest())
"""


@pytest.mark.parametrize("name", BACKENDS)
def test_the_committed_files_are_those_of_today(name):
    folder = ROOT / "backends" / name
    drifted = [str(difference) for difference in differences(folder, generated(stead.load(folder)))]
    assert drifted == [], f"run: stead render backends/{name}"


def test_bytes_are_the_same_in_any_folder_time_zone_and_hash_seed(tmp_path):
    """Other processes, at once: each with surroundings of its own."""
    around = [("UTC", "0", ROOT), ("Asia/Tokyo", "1", tmp_path), ("America/St_Johns", "4242", Path("/"))]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", DIGEST, str(ROOT / "backends" / "tigrit")],
            env=os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "LANG": "C", "VERSION": seed},
            cwd=folder,
            stdout=subprocess.PIPE,
        )
        for zone, seed, folder in around
    ]
    digests = {process.communicate()[0] for process in running}
    assert len(digests) == 1
    assert all(process.returncode == 0 for process in running)


def test_every_file_is_marked_and_known_again():
    files = generated(stead.load(ROOT / "backends/rewards"))
    for text in files.values():
        mark = mark_of(text)
        assert mark
        assert mark.intact


def test_no_file_names_this_machine():
    for name in BACKENDS:
        for path, text in generated(stead.load(ROOT / "backends" / name)).items():
            assert str(ROOT) not in text, path


def test_a_change_by_hand_is_seen_and_no_mark_is_the_users():
    text = marked("compose/compose.yaml", "name: x\n")
    edited = mark_of(text.replace("x", "y"))
    assert edited
    assert not edited.intact
    assert mark_of("name: x\n") is None


def test_json_without_the_line_of_the_mark_is_json_and_its_owner_s():
    text = marked("grafana/dashboard.json", '{\n  "uid": "x"\n}\n')
    assert json.loads(text)["uid"] == "x"
    assert mark_of(text).intact
    assert not mark_of(text.replace("x", "y")).intact
    owned = "".join(line for line in text.splitlines(keepends=True) if "stead render" not in line)
    assert json.loads(owned) == {"uid": "x"}
    assert mark_of(owned) is None


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, FILES)
    return tmp_path


FILES = {f"deploy/{name}": marked(name, f"{name}\n") for name in ("a.yaml", "b.yaml", "c.md", "d.sql")}


def states(folder, files=FILES):
    return {difference.path: difference.state for difference in differences(folder, files)}


def test_nothing_is_said_of_what_is_as_rendered(folder):
    assert states(folder) == {}


def test_each_state_is_told_apart(folder):
    deploy = folder / "deploy"
    (deploy / "a.yaml").unlink()
    (deploy / "b.yaml").write_text(marked("b.yaml", "of an earlier description\n"))
    (deploy / "c.md").write_text((deploy / "c.md").read_text() + "by hand\n")
    (deploy / "d.sql").write_text("the user's own\n")
    (deploy / "e.yaml").write_text(marked("e.yaml", "no more\n"))
    (deploy / "f.yaml").write_text(marked("f.yaml", "no more\n") + "by hand\n")
    (deploy / "notes.txt").write_text("mine\n")
    assert states(folder) == {
        "deploy/a.yaml": "missing",
        "deploy/b.yaml": "stale",
        "deploy/c.md": "edited",
        "deploy/d.sql": "yours",
        "deploy/e.yaml": "orphaned",
        "deploy/f.yaml": "edited orphan",
    }
    done, left = write(folder, FILES)
    assert [each.path for each in done] == ["deploy/a.yaml", "deploy/b.yaml", "deploy/e.yaml"]
    assert [each.state for each in left] == ["edited", "yours", "edited orphan"]
    assert (deploy / "d.sql").read_text() == "the user's own\n"
    write(folder, FILES, overwrite=True)
    assert states(folder) == {"deploy/d.sql": "yours"}
    assert (deploy / "notes.txt").exists()


def test_one_target_makes_no_orphans_of_anothers_files(folder):
    part = {"deploy/a.yaml": FILES["deploy/a.yaml"]}
    assert differences(folder, part, complete=False) == ()


def test_every_target_writes_into_a_folder_of_its_own():
    backend = stead.load(ROOT / "backends/rewards")
    seen: dict[str, str] = {}
    for name in TARGETS:
        for path in (path for path in generated(backend, [name]) if not path.startswith("../")):
            assert seen.setdefault(path, name) == name
            assert path.startswith(f"deploy/{name}/") or path == "deploy/.checkov.yaml", "checkov reads it from above"


NAMED = re.compile(r"\bcompose\.[\w-]+\.yaml\b|(?<=/)\.env\.[\w-]+")


@pytest.mark.parametrize("names", [("prod",), ("stage", "prod"), ("production",), ("eu-prod",), ("dev", "prod")])
def test_every_compose_file_that_is_named_is_rendered(names):
    backend = stead.load(ROOT / "backends" / "aquastream")
    first = backend.environments[0]
    only = replace(backend, environments=[replace(first, name=name) for name in names], pipelines=())
    files = generated(only)
    named = {word for text in files.values() for word in NAMED.findall(text)} - {"compose.elsewhere.yaml"}
    rendered = {Path(path).name.removesuffix(".example") for path in files}
    assert named
    assert named <= rendered
    assert ("\nup-dev:" in files["deploy/make/stead.mk"]) == ("dev" in names)
