"""The plan of a pipeline: each service accounted for, what changed, and an error before anything is built."""

from dataclasses import replace

import pytest

from check.rule_run import git
from render.pipelines import ORDERS, OWN, SHOP, STAGING, with_pipelines
from stead.model import Deploy, DescriptionError, Github, SteadError
from stead.ops.ci.plan import covers, plan
from stead.render.targets import generated


@pytest.fixture
def repository(tmp_path):
    """A repository with the shop in a folder of it, rendered and committed."""
    folder = tmp_path / "backends/shop"
    (folder / "orders").mkdir(parents=True)
    (folder / "orders/build.gradle").write_text("plugins {}\n")
    for path, text in generated(SHOP, ["docker"]).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, "first")
    return tmp_path


def commit(root, message):
    git(root, "add", "-A", "-f")
    git(root, "commit", "-q", "-m", message)
    return git(root, "rev-parse", "HEAD")


def planned(repository, backend=SHOP, **given):
    return plan(backend, repository / "backends/shop", **given)


def test_every_service_is_accounted_for(repository):
    accounts = dict(planned(repository).accounts)
    assert accounts.keys() == {"orders", "ready", "web"}
    assert accounts["orders"] == "is built into ghcr.io/example/shop-orders"
    assert accounts["ready"].startswith("runs the third-party image docker.io/shop/ready:1@sha256:")
    assert "| ready |" in planned(repository).summary("shop")


def test_the_version_of_a_push_is_the_short_commit(repository):
    assert planned(repository).version == git(repository, "rev-parse", "--short=7", "HEAD")


def test_the_version_of_a_release_is_its_tag(repository):
    found = planned(repository, tag="v1.2.3", base="0" * 40)
    assert (found.version, found.changed) == ("v1.2.3", True)


@pytest.mark.parametrize("tag", ["v1", "1.2.3", "v1.2.3-rc1", "v01.2.3", "latest"])
def test_a_tag_that_is_no_version_is_an_error(repository, tag):
    with pytest.raises(SteadError, match="is not a version"):
        planned(repository, tag=tag)


def test_a_folder_that_is_missing_is_an_error_that_names_its_service(repository):
    (repository / "backends/shop/orders/build.gradle").unlink()
    (repository / "backends/shop/orders").rmdir()
    (repository / "backends/shop/deploy/docker/python.Dockerfile").unlink()
    with pytest.raises(DescriptionError) as caught:
        planned(repository)
    texts = [problem.message for problem in caught.value.problems]
    assert len(texts) == 2
    assert any("the folder of orders does not exist" in text for text in texts)
    assert any("python.Dockerfile" in text for text in texts)


def test_a_dockerfile_of_ones_own_that_is_missing_is_an_error_that_names_it(repository):
    backend = with_pipelines(Github(), services=[ORDERS, OWN], gateway=None)
    with pytest.raises(DescriptionError, match=r"own\.Dockerfile, from which the image own is built, does not exist"):
        planned(repository, backend)


def test_a_jar_that_nothing_builds_is_an_error(repository):
    with pytest.raises(DescriptionError, match="neither committed nor an artifact of the pipeline"):
        planned(repository, with_pipelines(Github()))


def test_workers_are_shipped_with_what_a_lock_file_holds(repository):
    backend = with_pipelines(Github(deploys=[Deploy(STAGING, to="workers")]))
    with pytest.raises(DescriptionError, match=r"no package-lock.json beside its backend.py holds wrangler"):
        planned(repository, backend)
    (repository / "backends/shop/package-lock.json").write_text("{}\n")
    assert dict(planned(repository, backend).accounts)["orders"] == "is shipped from its source"


def test_a_change_of_the_backend_is_one(repository):
    base = git(repository, "rev-parse", "HEAD")
    (repository / "backends/shop/orders/build.gradle").write_text("plugins { java }\n")
    commit(repository, "second")
    found = planned(repository, base=base)
    assert found.changed
    assert "backends/shop/orders/build.gradle" in found.reason


def test_a_change_elsewhere_is_none(repository):
    base = git(repository, "rev-parse", "HEAD")
    (repository / "docs").mkdir()
    (repository / "docs/index.md").write_text("# Docs\n")
    commit(repository, "second")
    found = planned(repository, base=base)
    assert not found.changed
    assert "changed=false\n" in found.outputs()


def test_a_change_of_its_own_workflow_is_one(repository):
    base = git(repository, "rev-parse", "HEAD")
    (repository / ".github/workflows").mkdir(parents=True)
    (repository / ".github/workflows/shop-ci.yml").write_text("on: push\n")
    commit(repository, "second")
    assert planned(repository, base=base).changed


@pytest.mark.parametrize(
    ("base", "reason"),
    [("", "There is no earlier build"), ("0" * 40, "no earlier build"), ("f" * 40, "not in this clone")],
)
def test_what_cannot_be_compared_counts_as_changed_and_says_why(repository, base, reason):
    found = planned(repository, base=base)
    assert found.changed
    assert reason in found.reason


def test_a_folder_without_git_is_an_error(tmp_path):
    (tmp_path / "backends/shop/orders").mkdir(parents=True)
    for path, text in generated(SHOP, ["docker"]).items():
        file = tmp_path / "backends/shop" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    with pytest.raises(SteadError, match="no git checkout"):
        planned(tmp_path)


def test_a_backend_without_pipelines_is_told_which_word_to_add(tmp_path):
    with pytest.raises(SteadError, match=r"add pipelines=\[Github\(\)\]"):
        plan(replace(SHOP, pipelines=()), tmp_path)


@pytest.mark.parametrize(("word", "path", "covered"), [
    (".", "a/b", True),
    ("a", "a/b", True),
    ("a", "ab", False),
    ("**/*.py", "x.py", True),
    ("**/*.py", "a/x.py", True),
    ("a/*.jar", "a/x.jar", True),
    ("a/*.jar", "b/x.jar", False),
])  # fmt: skip
def test_a_watched_path_is_a_file_a_folder_or_a_pattern(word, path, covered):
    assert covers(word, path) is covered
