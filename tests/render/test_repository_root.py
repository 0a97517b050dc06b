"""Files at the repository's top: several backends share its folders, and none touches another's files."""

from dataclasses import replace

import pytest

from render.pipelines import SHOP
from stead.model import Github
from stead.render.drift import differences
from stead.render.header import mark_of, marked
from stead.render.repository import repository_root
from stead.render.targets import generated
from stead.render.write import write

OTHER = replace(SHOP, name="mail", folder="backends/mail")


def folder_of(top, backend):
    folder = top / backend.folder
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def written(top, backend, **given):
    files = generated(backend, ["github", "gitlab"])
    return write(folder_of(top, backend), files, root=repository_root(backend), **given)


def states(top, backend):
    files = generated(backend, ["github", "gitlab"])
    found = differences(folder_of(top, backend), files, root=repository_root(backend))
    return {each.path.rpartition("/")[2]: each.state for each in found}


def test_a_file_at_the_top_says_which_backend_made_it(tmp_path):
    written(tmp_path, SHOP)
    mark = mark_of((tmp_path / ".github/workflows/shop-ci.yml").read_text())
    assert (mark.source, mark.intact) == ("backends/shop/backend.py", True)


def test_two_backends_leave_one_anothers_files_alone(tmp_path):
    one, two = (replace(each, pipelines=[Github(), SHOP.pipelines[1]]) for each in (SHOP, OTHER))
    for backend in (one, two, one):
        _, left = written(tmp_path, backend)
        assert left == ()
    assert {file.name for file in (tmp_path / ".github/workflows").iterdir()} == {"shop-ci.yml", "mail-ci.yml"}
    assert states(tmp_path, one) == states(tmp_path, two) == {}


def test_a_file_of_another_backend_is_reported_and_never_overwritten(tmp_path):
    same = [Github(file="ci.yml")]
    written(tmp_path, replace(SHOP, pipelines=same))
    before = (tmp_path / ".github/workflows/ci.yml").read_text()
    second = replace(OTHER, pipelines=same)
    assert states(tmp_path, second) == {"ci.yml": "another's"}
    written(tmp_path, second, overwrite=True)
    assert (tmp_path / ".github/workflows/ci.yml").read_text() == before


def test_a_workflow_that_is_rendered_no_more_is_removed(tmp_path):
    written(tmp_path, replace(SHOP, pipelines=[Github(file="old.yml")]))
    done, _ = written(tmp_path, replace(SHOP, pipelines=[Github(file="new.yml")]))
    assert {each.path.rpartition("/")[2]: each.state for each in done} == {"old.yml": "orphaned", "new.yml": "missing"}
    assert not (tmp_path / ".github/workflows/old.yml").exists()


def test_what_was_changed_by_hand_is_kept_and_reported(tmp_path):
    backend = replace(SHOP, pipelines=[Github()])
    written(tmp_path, backend)
    file = tmp_path / ".github/workflows/shop-ci.yml"
    file.write_text(file.read_text() + "# mine\n")
    assert states(tmp_path, backend) == {"shop-ci.yml": "edited"}
    written(tmp_path, replace(backend, pipelines=[]))
    assert file.exists()


def test_a_workflow_written_by_hand_stays(tmp_path):
    workflows = tmp_path / ".github/workflows"
    workflows.mkdir(parents=True)
    (workflows / "mine.yml").write_text("on: push\n")
    written(tmp_path, SHOP)
    assert (workflows / "mine.yml").read_text() == "on: push\n"


@pytest.mark.parametrize(("folder", "project", "path", "source"), [
    (".", ".", ".", "backend.py"),
    ("backends/shop", ".", "../..", "backends/shop/backend.py"),
    ("backends/shop", "server", "../../..", "server/backends/shop/backend.py"),
])  # fmt: skip
def test_the_top_is_found_by_what_the_description_says(folder, project, path, source):
    root = repository_root(replace(SHOP, folder=folder, pipelines=[Github(project=project)]))
    assert (root.path, root.source) == (path, source)


def test_a_mark_without_a_path_is_that_of_a_file_below_the_backend():
    assert mark_of(marked("deploy/a.yaml", "a: 1\n")).source == "backend.py"
