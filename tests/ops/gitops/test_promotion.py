"""Promotion, rollback and what is refused, played on git repositories: one that is pushed to, and two that push."""

import re

import pytest
import yaml

from ops.gitops.shop import DESCRIPTION, ONE, TWO, clone, git, pre_commit, release, ship


def test_a_version_goes_from_dev_to_production_and_back_by_commits(shop, run):
    status, said = run("gitops", "init", shop)
    assert status == 0, said
    assert release(shop, "prod")["version"] == "unreleased"
    for version, digest in (("v1", ONE), ("v2", TWO)):
        status, said = ship(run, shop, "dev", version, "--image", f"python={digest}", "--push")
        assert status == 0, said
        assert ship(run, shop, "staging", version)[0] == 0
        git(shop, "tag", version)
        assert ship(run, shop, "prod", version, "--push")[0] == 0
        assert release(shop, "prod") == {"version": version, "images": {"python": digest}}
        deployment = shop / "deploy/kubernetes/prod/orders/orders.deployment.yaml"
        pod = yaml.safe_load(deployment.read_text())["spec"]["template"]["spec"]
        assert pod["containers"][0]["image"] == f"r.example/shop/shop-python@{digest}"
        assert digest in (shop / "deploy/helm/shop/values.prod.yaml").read_text()
    status, said = ship(run, shop, "prod", "", "--back", "--push")
    assert (status, "v1" in said) == (0, True)
    assert release(shop, "prod")["images"] == {"python": ONE}
    assert git(shop, "status", "--porcelain") == ""
    log = git(shop, "log", "--format=%s").splitlines()
    assert log[:2] == ["Bring shop in prod back to v1", "Ship shop v2 to prod"]
    assert git(shop, "rev-parse", "HEAD") == git(shop, "rev-parse", "origin/main")


def test_what_the_environment_before_never_ran_is_refused(shop, run):
    run("gitops", "init", shop)
    ship(run, shop, "dev", "v1", "--image", f"python={ONE}")
    git(shop, "tag", "v1")
    head = git(shop, "rev-parse", "HEAD")
    status, said = ship(run, shop, "prod", "v1")
    assert status == 1
    assert "staging must run v1 before prod: stead ship gitops --env staging --version v1" in said
    status, said = ship(run, shop, "staging", "v1", "--image", f"python={TWO}")
    assert (status, "another digest of python" in said) == (1, True)
    assert git(shop, "rev-parse", "HEAD") == head
    assert git(shop, "status", "--porcelain") == ""


def test_production_takes_tags_only_where_the_description_says_so(shop, run):
    run("gitops", "init", shop)
    ship(run, shop, "dev", "v1", "--image", f"python={ONE}")
    ship(run, shop, "staging", "v1")
    status, said = ship(run, shop, "prod", "v1")
    assert (status, "prod accepts only tags v*, and v1 is not one" in said) == (1, True)
    git(shop, "tag", "v1")
    assert ship(run, shop, "prod", "v1")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dev", "v1"), "no digest of python is given for v1: --image python=sha256:…"),
        (("dev", "v1", "--image", "python=latest"), "expected a digest"),
        (("dev", "v1", "--image", "python"), "expected NAME=sha256"),
        (("dev", "v1", "--image", f"python={ONE}", "--image", f"java={ONE}"), "builds no image java"),
        (("dev",), "give a version"),
        (("dev", "", "--back"), "has no earlier version"),
        (("test", "v1"), "has no environment test"),
    ],
)
def test_what_cannot_be_shipped_is_said_and_changes_nothing(shop, run, words, said):
    run("gitops", "init", shop)
    status, text = ship(run, shop, *words)
    assert (status, said in text) == (1, True), text
    assert "Traceback" not in text
    assert git(shop, "status", "--porcelain") == ""


def test_what_is_not_committed_or_has_drifted_is_not_shipped(shop, run):
    run("gitops", "init", shop)
    file = shop / "deploy/kubernetes/dev/orders/orders.service.yaml"
    text = file.read_text()
    file.write_text(text + "# by hand\n")
    status, said = ship(run, shop, "dev", "v1", "--image", f"python={ONE}")
    assert (status, "changed and not committed" in said) == (1, True)
    git(shop, "commit", "--quiet", "-am", "By hand")
    status, said = ship(run, shop, "dev", "v1", "--image", f"python={ONE}")
    assert (status, "was edited by hand: stead render" in said) == (1, True)


def test_a_commit_that_git_refuses_leaves_nothing_behind(shop, run):
    run("gitops", "init", shop)
    pre_commit(shop, "echo not on a Friday >&2\nexit 1")
    status, said = ship(run, shop, "dev", "v1", "--image", f"python={ONE}")
    assert (status, "not on a Friday" in said) == (1, True)
    assert git(shop, "status", "--porcelain") == ""
    assert release(shop, "dev")["version"] == "unreleased"


def test_who_is_second_is_told_and_overwrites_nothing(shop, run, tmp_path):
    run("gitops", "init", shop)
    git(shop, "push", "--quiet", "origin", "main")
    ben = clone(tmp_path, "ben")
    assert ship(run, ben, "dev", "v1", "--image", f"python={ONE}", "--push")[0] == 0
    status, said = ship(run, shop, "dev", "v2", "--image", f"python={TWO}", "--push")
    assert (status, "not pushed" in said, "git pull --rebase" in said) == (1, True, True)


def test_another_branch_and_a_folder_without_git_are_refused(shop, run, tmp_path):
    git(shop, "switch", "--quiet", "-c", "mine")
    assert "main is synced, and mine is checked out" in run("gitops", "init", shop)[1]
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/backend.py").write_text(DESCRIPTION)
    assert "is in no git repository" in run("gitops", "init", tmp_path / "plain")[1]


def test_flux_is_the_other_choice_and_passes_over_applications(shop, run):
    run("gitops", "init", shop)
    *applied, source = yaml.safe_load_all((shop / "deploy/gitops/flux/staging.yaml").read_text())
    assert source["spec"]["ignore"].splitlines()[:2] == ["*.app.yaml", "/**/argocd/"]
    assert {each["spec"]["path"] for each in applied} == {"./deploy/kubernetes/staging"}
    assert run("gitops", "init", shop) == (0, "nothing has changed\n")


def test_what_cannot_be_rendered_is_refused_before_anything_is_written(shop, run):
    described = (shop / "backend.py").read_text()
    (shop / "backend.py").write_text(re.sub(r'registry="[^"]+"', 'registry=""', described))
    status, _ = run("gitops", "init", shop)
    assert status == 1
    assert not (shop / "deploy").exists()
