"""The table of events and jobs, from the files as they lie in a repository, and one job that is run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

import stead
from check.rule_run import git
from cli.command import stead as command
from render.pipelines import SHOP, with_pipelines
from stead.model import Github, SteadError
from stead.ops.ci.event import events, starts
from stead.ops.ci.gitlab_rules import holds
from stead.ops.ci.job_run import Choice
from stead.ops.ci.job_table import job_table_of, markdown
from stead.ops.ci.runner import NOT_PUBLISHED
from stead.render.targets import generated

ROOT = Path(__file__).parents[3]
HAND = """on:
  pull_request:
  push:
    branches: [main]
    paths: ["docs/**"]
jobs:
  lint:
    runs-on: ubuntu-24.04
    steps: [{run: "true"}]
  fix:
    needs: lint
    if: github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-24.04
    steps: [{run: "true"}]
"""
STEPS = """on: push
jobs:
  check:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - {id: one, run: 'echo "word=well" >> "$GITHUB_OUTPUT"'}
      - name: two
        env: {WORD: "${{ steps.one.outputs.word }} ${{ github.ref_name }}"}
        run: printf '%s' "$WORD" > word.txt
      - {name: three, run: "exit 3"}
      - {name: four, run: "touch four"}
      - {name: five, if: always(), run: "touch five"}
      - {name: six, if: always(), run: "programthatisnothere --now"}
"""


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "backends/shop").mkdir(parents=True)
    for path, text in generated(SHOP, ["github", "gitlab"]).items():
        file = tmp_path / path.replace("../../", "")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def table(repository, backend=SHOP):
    table = job_table_of(backend, repository / "backends/shop")
    titles = [event.title for event in table.events]
    return {
        (row.workflow, row.job): {title for title, each in zip(titles, row.starts, strict=True) if each}
        for row in table.rows()
    }


def test_a_pull_request_builds_and_a_push_ships(repository):
    found = table(repository)
    assert found["shop-ci.yml", "build"] == {"pull request", "fork"}
    assert found["shop-ci.yml", "images"] == {"push", "tag"}
    assert found["shop-ci.yml", "deploy-staging"] == {"push"}
    assert found["shop-ci.yml", "deploy-prod"] == {"tag"}
    assert len(found["shop-ci.yml", "ok"]) == 6


def test_gitlab_starts_the_same_jobs_for_the_same_events(repository):
    found = table(repository)
    for name in ("build", "images", "scan", "deploy-staging", "deploy-prod", "smoke-prod", "release"):
        there = next(row for row in found if row[1] == f"shop:{name}")
        assert found[there] == found["shop-ci.yml", name], name


def test_a_forks_pull_request_is_not_labelled(repository):
    assert "fork" not in table(repository)["labeler.yml", "label"]


def test_a_workflow_written_by_hand_has_its_rows(repository):
    (repository / ".github/workflows/hand.yml").write_text(HAND)
    found = table(repository)
    assert found["hand.yml", "lint"] == {"pull request", "fork", "pull request elsewhere", "push elsewhere"}
    assert found["hand.yml", "fix"] == {"pull request", "pull request elsewhere"}


def test_a_workflow_of_another_backend_has_none(repository):
    text = (repository / ".github/workflows/shop-ci.yml").read_text().replace("backends/shop/", "backends/mail/", 1)
    (repository / ".github/workflows/mail-ci.yml").write_text(text)
    assert not [name for name, _ in table(repository) if name == "mail-ci.yml"]


def test_a_condition_that_cannot_be_read_is_an_error_that_names_its_job(repository):
    (repository / ".github/workflows/hand.yml").write_text(HAND.replace("== github.repository", "== nothing("))
    with pytest.raises(SteadError, match=r"hand.yml: the condition of fix"):
        table(repository)


def test_what_each_event_pushes_is_told(repository):
    pushes = dict(job_table_of(SHOP, repository / "backends/shop").pushes())
    assert pushes["fork"] == pushes["pull request"] == pushes["push elsewhere"] == ()
    assert "ghcr.io/example/shop-orders:sha-4f2a91c" in pushes["push"]
    assert {image.rpartition(":")[2] for image in pushes["tag"]} == {"sha-4f2a91c", "v1.2.3", "latest"}


def test_a_job_is_run_step_by_step_with_what_a_runner_gives(repository):
    (repository / ".github/workflows/shop-ci.yml").write_text(STEPS)
    outcomes = {each.step: each.status for each in job_table_of(SHOP, repository / "backends/shop").run("check")}
    assert (repository / "word.txt").read_text() == "well main"
    assert outcomes["two"] == 0
    assert outcomes["three"] == 3
    assert outcomes["four"] is None
    assert outcomes["five"] == 0
    assert outcomes["six"] == 127
    assert (repository / "five").exists()
    assert not (repository / "four").exists()


SECRET_STEPS = """on: push
jobs:
  check:
    runs-on: ubuntu-24.04
    steps:
      - env: {KEY: "${{ secrets.DEPLOY_KEY }}"}
        run: echo "the key is $KEY"; cp "$GITHUB_EVENT_PATH" event.json; echo "$GITHUB_REF"
"""


def test_a_secret_is_given_from_a_file_and_masked_in_what_a_script_prints(repository, tmp_path, capfd):
    (repository / ".github/workflows/shop-ci.yml").write_text(SECRET_STEPS)
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "DEPLOY_KEY").write_text("a-secret-of-ours\n")
    outcomes = list(job_table_of(SHOP, repository / "backends/shop").run("check", "tag", Choice(folder)))
    printed = capfd.readouterr().out
    assert [each.status for each in outcomes] == [0]
    assert "the key is ***" in printed
    assert "a-secret-of-ours" not in printed
    assert "refs/tags/v1.2.3" in printed
    assert (repository / "event.json").is_file()


def test_a_job_of_gitlabs_is_run_without_what_it_installs(repository, capfd, monkeypatch):
    monkeypatch.setattr("stead.ops.ci.gitlab_runner.shutil.which", lambda _: None)
    file = repository / ".gitlab/ci/shop/check.yml"
    script = {"shop:check": {"script": ["pip install uv", "WORD=well", 'echo "$WORD $CI_COMMIT_BRANCH $MORE"'],
                             "variables": {"MORE": "and more"}}}  # fmt: skip
    file.write_text(yaml.safe_dump(script))
    outcomes = list(job_table_of(SHOP, repository / "backends/shop").run("shop:check"))
    assert [each.status for each in outcomes] == [None, 0]
    assert "well main and more" in capfd.readouterr().out


def test_a_gitlab_ci_local_that_does_not_start_is_named_and_the_script_runs_in_a_shell(
    repository, tmp_path, capfd, monkeypatch
):
    """As in a Node that is too old for it."""
    for name, text in (("gitlab-ci-local", "echo 'SyntaxError: no such export' >&2; exit 1"), ("rsync", "exit 0")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    (repository / ".gitlab/ci/shop/check.yml").write_text(yaml.safe_dump({"shop:check": {"script": ["echo well"]}}))
    first, second = job_table_of(SHOP, repository / "backends/shop").run("shop:check")
    assert (first.step, first.status, second.status) == ("gitlab-ci-local", None, 0)
    assert "SyntaxError: no such export" in first.why
    assert "Node 22" in first.why
    assert "well" in capfd.readouterr().out


def gitlab_ci_local_starts():
    """Tell whether it is installed, and Node is new enough for it; it calls rsync."""
    program = shutil.which("gitlab-ci-local")
    if not (program and shutil.which("rsync")):
        return False
    return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not gitlab_ci_local_starts(), reason="gitlab-ci-local, rsync or a Node for it is not installed")
def test_a_job_of_gitlabs_is_run_by_gitlab_ci_local(repository, capfd):
    (repository / ".gitlab/ci/shop/check.yml").write_text("shop:try:\n  stage: check\n  script: ['echo well']\n")
    git(repository, "init", "-q", "-b", "main", "--template=")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "shop")
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(repository, "remote", "add", "origin", "https://gitlab.example.com/shop/shop.git")
    outcomes = list(job_table_of(SHOP, repository / "backends/shop").run("shop:try"))
    assert git(repository, "status", "--short", "--ignored") == ""
    assert [each.status for each in outcomes] == [0]
    assert "well" in capfd.readouterr().out


def test_what_a_job_of_gitlabs_leaves_is_taken_out_of_the_users_folder(repository, tmp_path, monkeypatch):
    monkeypatch.setattr("stead.ops.ci.gitlab_runner.shutil.which", lambda _: None)
    script = {"script": ['echo 1 > "$CI_PROJECT_DIR/plan.env"', "mkdir -p out", "echo 2 > out/made.txt"],
              "artifacts": {"paths": ["out/"], "reports": {"dotenv": "plan.env"}}}  # fmt: skip
    (repository / ".gitlab/ci/shop/check.yml").write_text(yaml.safe_dump({"shop:check": script}))
    table = job_table_of(SHOP, repository / "backends/shop")
    assert [each.status for each in table.run("shop:check", choice=Choice(artifacts=tmp_path / "kept"))] == [0]
    assert not (repository / "plan.env").exists()
    assert not (repository / "out/made.txt").exists()
    assert (tmp_path / "kept/shop-check/out/made.txt").read_text() == "2\n"


def test_a_job_of_gitlabs_that_publishes_is_not_run(repository):
    for name in ("shop:deploy-staging", "shop:images", "shop:release"):
        (found,) = job_table_of(SHOP, repository / "backends/shop").run(name)
        assert (found.status, found.why) == (None, NOT_PUBLISHED)


def test_a_job_is_run_for_the_first_event_that_starts_it(repository, capfd):
    text = (repository / ".github/workflows/shop-ci.yml").read_text()
    file = yaml.safe_load(text)
    file["jobs"]["build"] |= {"steps": [{"run": 'echo "$GITHUB_EVENT_NAME"'}]}
    (repository / ".github/workflows/shop-ci.yml").write_text(yaml.safe_dump(file))
    outcomes = list(
        job_table_of(SHOP, repository / "backends/shop").run("build", choice=Choice(combination="image=orders"))
    )
    assert [each.status for each in outcomes] == [0]
    assert capfd.readouterr().out == "pull_request\n"


def test_an_event_that_is_none_is_an_error(repository):
    with pytest.raises(SteadError, match="no event 'moon': name one of pull request, fork"):
        list(job_table_of(SHOP, repository / "backends/shop").run("check", "moon"))


def test_a_job_that_is_not_there_is_an_error(repository):
    with pytest.raises(SteadError, match="has a job nothing"):
        list(job_table_of(SHOP, repository / "backends/shop").run("nothing"))


@pytest.mark.parametrize(("on", "titles"), [
    ("push", {"push", "push elsewhere", "tag"}),
    (["pull_request"], {"pull request", "fork", "pull request elsewhere"}),
    ({"push": {"tags": ["v[0-9]+.[0-9]+.[0-9]+"]}}, {"tag"}),
    ({"push": {"branches": ["release/**"]}}, set()),
    ({"push": {"branches-ignore": ["main"]}}, {"tag"}),
    ({"push": {"paths-ignore": ["docs/**"]}}, {"push", "tag"}),
    ({"push": {"branches": ["main"], "paths": ["**", "!docs/**"]}}, {"push"}),
    ({"schedule": [{"cron": "1 1 * * *"}]}, set()),
])  # fmt: skip
def test_filters_start_what_github_would(on, titles):
    assert {event.title for event in events("main", "shop/a.py", "docs/a.md") if starts(on, event)} == titles


@pytest.mark.parametrize(("text", "value"), [
    ("", True),
    ("$CI_COMMIT_TAG", False),
    ("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == \"true\"", True),
    ("$CI_COMMIT_TAG =~ /^v/ || $CI_COMMIT_BRANCH =~ /^ma/", True),
    ("$CI_COMMIT_BRANCH != \"main\"", False),
])  # fmt: skip
def test_conditions_of_gitlabs_rules_hold_as_they_say(text, value):
    push = next(event for event in events("main", "a", "b") if event.title == "push")
    assert holds(text, push.gitlab()) is value


@pytest.mark.parametrize("name", ["aquastream", "polyglot", "rewards", "tigrit"])
def test_the_page_of_the_events_is_in_step(name):
    folder = ROOT / "backends" / name
    text = markdown(job_table_of(stead.load(folder), folder))
    assert text in (ROOT / "docs/how-to/pipeline-events.md").read_text(), f"stead ci test backends/{name} --markdown"


def test_the_command_prints_the_table():
    done = command("ci", "test", "backends/rewards", folder=ROOT)
    assert done.returncode == 0, done.stderr
    assert any(line.startswith("deploy-workers-staging.yml  deploy-staging") for line in done.stdout.splitlines())


def test_a_backend_whose_pipelines_are_not_there_is_told_the_command(tmp_path):
    with pytest.raises(SteadError, match="stead render"):
        job_table_of(with_pipelines(Github()), tmp_path).rows()
