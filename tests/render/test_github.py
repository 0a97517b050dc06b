"""Workflows of GitHub: what each job does, when, with which rights, and what no script may have in it."""

import json
import os
import re
import subprocess
from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given, settings
from jsonschema import Draft7Validator

from check.rule_run import git
from render.describing import backends
from render.pipelines import EDGE, ORDERS, OWN, PAID, PROD, SHOP, STAGING, pipelined, with_pipelines
from stead.model import Deploy, Github
from stead.ops.ci.simulation import parsed
from stead.render import github, gitlab
from stead.render.drift import differences
from stead.render.pipeline.context import PipelineContext
from stead.render.targets import generated

SCHEMAS = {
    name: Draft7Validator(
        json.loads(resources.files("check_jsonschema.builtin_schemas.vendor").joinpath(f"{name}.json").read_text())
    )
    for name in ("github-workflows", "gitlab-ci")
}
# Of the OCI distribution specification.
IMAGE = re.compile(r"ghcr\.io(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+")
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def workflow(backend=SHOP, name="shop-ci.yml"):
    return parsed(github.files(backend)[f".github/workflows/{name}"])


def every_workflow(backend):
    return [parsed(text) for path, text in github.files(backend).items() if "/workflows/" in path]


def steps_of(found):
    return [step for job in found["jobs"].values() for step in job["steps"]]


def test_files_lie_at_the_top_of_the_repository():
    assert {path.rpartition("/")[0] for path in generated(SHOP, ["github"])} == {
        "../../.github",
        "../../.github/workflows",
    }


def test_a_workflow_has_the_jobs_from_a_push_to_a_deployment():
    assert list(workflow()["jobs"]) == [
        "plan", "check", "artifacts", "build", "images", "scan", "sbom", "attest", "verify",
        "deploy-staging", "smoke-staging", "deploy-prod", "smoke-prod", "release", "ok",
    ]  # fmt: skip


def test_the_last_job_looks_at_every_other_one():
    jobs = workflow()["jobs"]
    assert jobs["ok"]["needs"] == [name for name in jobs if name != "ok"]
    assert jobs["ok"]["if"] == "always()"


def test_nothing_is_pushed_for_a_pull_request():
    jobs = workflow()["jobs"]
    assert jobs["build"]["if"].startswith("github.event_name == 'pull_request'")
    assert [step["with"]["push"] for step in jobs["build"]["steps"] if "push" in step.get("with", {})] == [False]
    assert "packages" not in jobs["build"]["permissions"]
    assert not [step for step in jobs["build"]["steps"] if "login" in step.get("uses", "")]
    assert jobs["images"]["if"].startswith("github.event_name == 'push'")


def test_an_image_is_built_for_each_that_the_description_has():
    include = workflow()["jobs"]["images"]["strategy"]["matrix"]["include"]
    assert [each["image"] for each in include] == ["orders", "python"]
    assert include[0]["repository"] == "ghcr.io/example/shop-orders"
    assert include[0]["dockerfile"] == "backends/shop/deploy/docker/orders.Dockerfile"


def test_a_dockerfile_of_ones_own_has_a_leg_with_what_its_build_sees():
    jobs = workflow(with_pipelines(Github(), services=[ORDERS, OWN, PAID], gateway=None))["jobs"]
    for name in ("build", "images"):
        legs = {each["image"]: each for each in jobs[name]["strategy"]["matrix"]["include"]}
        assert {"orders", "own", "paid"} <= set(legs)
        assert (legs["paid"]["context"], legs["paid"]["dockerfile"]) == (
            "backends/shop/paid",
            "backends/shop/paid/Dockerfile",
        )
        assert (legs["own"]["context"], legs["own"]["dockerfile"]) == (".", "own.Dockerfile")
        assert (legs["own"]["target"], legs["own"]["arguments"]) == ("slim", "KIND=small")
        inputs = next(step["with"] for step in jobs[name]["steps"] if "build-push" in step.get("uses", ""))
        assert (inputs["context"], inputs["target"]) == ("${{ matrix.context }}", "${{ matrix.target }}")
        assert "${{ matrix.arguments }}" in inputs["build-args"]


def test_each_image_has_a_cache_of_its_own_and_a_release_has_none():
    build = next(step for step in workflow()["jobs"]["images"]["steps"] if step.get("id") == "push")
    for name in ("cache-from", "cache-to"):
        assert "matrix.repository" in build["with"][name]
        assert build["with"][name].startswith("${{ github.ref_type == 'branch' &&")


def test_only_a_release_is_tagged_latest():
    tagging = [step for step in steps_of(workflow()) if ":latest" in step.get("run", "")]
    assert [step["if"] for step in tagging] == ["startsWith(github.ref, 'refs/tags/v')"]


def test_what_is_scanned_and_shipped_is_named_by_its_digest():
    jobs = workflow()["jobs"]
    scan = next(step for step in jobs["scan"]["steps"] if "trivy-action" in step.get("uses", ""))
    assert scan["with"]["image-ref"] == "${{ steps.image.outputs.reference }}"
    assert scan["with"]["exit-code"] == "1"
    assert "--images" in jobs["deploy-staging"]["steps"][-1]["run"]


def test_an_image_is_verified_with_identity_and_issuer_before_it_is_shipped():
    jobs = workflow()["jobs"]
    run = jobs["verify"]["steps"][-1]["run"]
    assert "--signer-workflow" in run
    assert "--cert-oidc-issuer https://token.actions.githubusercontent.com" in run
    assert "verify" in jobs["deploy-staging"]["needs"]


def test_a_ship_is_never_cancelled_and_is_of_a_protected_environment():
    job = workflow()["jobs"]["deploy-staging"]
    assert job["concurrency"] == {"group": "deploy-shop-staging", "cancel-in-progress": False}
    assert job["environment"] == {"name": "staging", "url": "https://staging.example.com"}
    assert "refs/heads/main" in job["if"]


@pytest.mark.parametrize("target", ["compose", "kubernetes", "gitops", "workers"])
def test_what_ships_and_asks_is_one_command_that_a_person_can_run(target):
    deploys = [Deploy(STAGING, to=target, urls={EDGE: "https://staging.example.com"})]
    found = workflow(with_pipelines(Github(deploys=deploys)))["jobs"]
    for job, command in (
        ("deploy-staging", "stead ci deploy"),
        ("smoke-staging", "stead smoke"),
        ("plan", "stead ci plan"),
    ):
        scripts = [
            step["run"]
            for step in found[job]["steps"]
            if "run" in step and not step["run"].startswith(("npm ci", "commit=$(gh api "))
        ]
        assert [script.startswith(f"uv run --locked {command} ") for script in scripts] == [True], scripts
        assert len(scripts[0].splitlines()) == 1


def test_what_was_shipped_is_asked_for_its_version_from_outside():
    run = workflow()["jobs"]["smoke-staging"]["steps"][-1]["run"]
    assert "smoke" in run
    assert '--version "$VERSION" --url edge=https://staging.example.com' in run


def test_environments_of_one_event_are_shipped_to_in_order():
    both = [Deploy(STAGING, urls={EDGE: "https://a.example.com"}), Deploy(PROD)]
    jobs = workflow(with_pipelines(Github(deploys=both)))["jobs"]
    assert "smoke-staging" in jobs["deploy-prod"]["needs"]


def test_a_registry_that_is_not_the_forges_is_logged_in_to_in_an_environment_of_its_own():
    backend = with_pipelines(Github(), registry="registry.example.com/shop")
    jobs = workflow(backend)["jobs"]
    assert {jobs[name]["environment"]["name"] for name in ("images", "scan", "attest")} == {"images"}
    assert "packages" not in jobs["images"]["permissions"]


def test_workers_are_shipped_without_images():
    jobs = workflow(with_pipelines(Github(deploys=[Deploy(STAGING, to="workers")]), registry=""))["jobs"]
    assert list(jobs) == ["plan", "check", "deploy-staging", "ok"]


def test_a_workflow_has_the_file_name_that_the_description_gives():
    assert ".github/workflows/ci-images.yml" in github.files(with_pipelines(Github(file="ci-images.yml")))


def test_a_default_branch_of_another_name_is_taken_everywhere():
    text = github.files(with_pipelines(Github(branch="trunk", parts=("codeql", "docs"))))
    assert all("main" not in each["on"].get("push", {}).get("branches", []) for each in map(parsed, text.values()))


def test_a_project_below_the_top_is_where_scripts_run():
    backend = with_pipelines(Github(project="server"), folder="backends/shop")
    files = generated(backend, ["github"])
    assert set(files) == {"../../../.github/workflows/shop-ci.yml"}
    found = workflow(backend)
    assert found["jobs"]["check"]["defaults"]["run"]["working-directory"] == "server"
    first = found["jobs"]["images"]["strategy"]["matrix"]["include"][0]
    assert first["dockerfile"] == "server/backends/shop/deploy/docker/orders.Dockerfile"


def test_an_edit_changes_a_workflow():
    def slower(each: github.Workflow) -> github.Workflow:
        return replace(each, jobs=tuple(replace(job, minutes=90) for job in each.jobs))

    found = workflow(replace(SHOP, edits=[slower]))
    assert {job["timeout-minutes"] for job in found["jobs"].values()} == {90}


def test_a_workflow_that_was_changed_by_hand_is_told_and_one_without_its_mark_is_its_owners(tmp_path):
    files = generated(with_pipelines(Github()), ["github"])
    path = "../../.github/workflows/shop-ci.yml"
    folder = tmp_path / "backends/shop"
    folder.mkdir(parents=True)
    file = tmp_path / ".github/workflows/shop-ci.yml"
    file.parent.mkdir(parents=True)
    file.write_text(files[path].replace("timeout-minutes: 30", "timeout-minutes: 45", 1))
    assert [each.state for each in differences(folder, files)] == ["edited"]
    file.write_text(file.read_text().partition("\n")[2])
    assert [each.state for each in differences(folder, files)] == ["yours"]


SUBJECTS = {
    "feat: add orders": True,
    "fix(orders)!: take none twice": True,
    "Merge branch x": True,
    "added stuff": False,
}


@pytest.mark.parametrize("title", SUBJECTS)
def test_the_script_of_commitlint_judges_titles_and_commits(title, tmp_path):
    job = workflow(name="commitlint.yml")["jobs"]["commitlint"]
    step = next(step for step in job["steps"] if "run" in step)
    git(tmp_path, "init", "-q", "-b", "main", "--template=")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "feat: begin")
    base = git(tmp_path, "rev-parse", "HEAD")
    git(tmp_path, "checkout", "-q", "-b", "topic")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "feat: go on")
    git(tmp_path, "checkout", "-q", "main")
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "merge", "topic")
    environment = os.environ | {"PATTERN": step["env"]["PATTERN"], "TITLE": title, "BASE": base}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]], cwd=tmp_path, env=environment, check=False, capture_output=True
    )
    assert (done.returncode == 0) is SUBJECTS[title], done.stdout
    without = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path, env=environment | {"BASE": 40 * "0"}, check=False, capture_output=True,
    )  # fmt: skip
    assert without.returncode, "commits that cannot be listed are not judged"


def test_a_push_is_compared_with_the_last_commit_that_passed(tmp_path):
    """GitHub keeps one waiting run of a branch: a commit of docs may take the place of one that has to be shipped."""
    plan = workflow()["jobs"]["plan"]
    passed, last = plan["steps"][-2:]
    assert passed["if"] == "github.event_name == 'push' && github.ref_type == 'branch'"
    assert last["env"]["BASE"] == "${{ github.event.pull_request.base.sha || steps.passed.outputs.commit }}"
    assert plan["permissions"] == {"contents": "read", "actions": "read"}
    (tmp_path / "gh").write_text('#!/bin/sh\necho "$*" > "$ASKED"\necho 4f2a91c\n')
    (tmp_path / "gh").chmod(0o755)
    given = {"GITHUB_REPOSITORY": "a/shop", "GITHUB_REF_NAME": "main", "GITHUB_OUTPUT": str(tmp_path / "output")}
    environment = given | {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "ASKED": str(tmp_path / "asked"),
        **passed["env"],
    }
    subprocess.run(["bash", "-eo", "pipefail", "-c", passed["run"]], env=environment, check=True)
    assert (tmp_path / "output").read_text() == "commit=4f2a91c\n"
    asked = (tmp_path / "asked").read_text()
    assert "repos/a/shop/actions/workflows/shop-ci.yml/runs -f branch=main -f event=push -f status=success" in asked


def test_a_backend_without_pipelines_writes_nothing():
    assert generated(replace(SHOP, pipelines=()), ["github", "gitlab"]) == {}


@settings(max_examples=25, deadline=None)
@given(pipelined())
def test_any_description_gives_workflows_that_hold_the_rules(backend):
    for found in every_workflow(backend):
        assert found["permissions"] == {}
        assert found["concurrency"]["group"]
        for job in found["jobs"].values():
            assert 0 < job["timeout-minutes"] <= 60
            assert set(job.get("needs", [])) <= set(found["jobs"])
        for step in steps_of(found):
            assert "${{" not in step.get("run", "")
            assert PINNED.fullmatch(step.get("uses", "a/b@" + 40 * "0"))
            assert "checkout" not in step.get("uses", "") or step["with"]["persist-credentials"] is False
            assert not printed_secrets(step)


def printed_secrets(step):
    """The secrets of a step that a line of its script prints."""
    secrets = {name for name, value in step.get("env", {}).items() if "secrets." in value or "token" in value}
    lines = [line for line in step.get("run", "").splitlines() if re.search(r"\b(echo|printf|cat|env|set -x)\b", line)]
    return [line for line in lines if any(re.search(rf"\$\{{?{name}\b", line) for name in secrets)]


@settings(max_examples=25, deadline=None)
@given(backends())
def test_any_description_gives_names_that_images_may_have(backend):
    whole = replace(backend, registry="ghcr.io/example", pipelines=[Github()])
    for image in PipelineContext(whole, whole.pipelines[0]).images:
        assert IMAGE.fullmatch(image.repository), image
        assert len(image.repository) < 256


@settings(max_examples=8, deadline=None)
@given(pipelined())
def test_any_description_gives_files_that_the_schemas_take(backend):
    for path, text in (github.files(backend) | gitlab.files(backend)).items():
        kind = "gitlab-ci" if ".gitlab" in path and path.endswith(".yml") else "github-workflows"
        if kind == "gitlab-ci" or "/workflows/" in path:
            SCHEMAS[kind].validate(parsed(text))


@pytest.mark.parametrize("part", ["codeql", "commitlint", "labeler", "docs", "renovate"])
def test_a_part_is_written_only_where_it_is_switched_on(part):
    without = set(github.files(with_pipelines(Github())))
    assert len(set(github.files(with_pipelines(Github(parts=(part,))))) - without) >= 1


def test_dependabot_looks_after_actions_images_and_packages_and_waits_a_week():
    found = parsed(github.files(SHOP)[".github/dependabot.yml"])
    places = {(each["package-ecosystem"], each["directory"]) for each in found["updates"]}
    assert {("github-actions", "/"), ("docker", "/backends/shop/deploy/docker"), ("uv", "/")} <= places
    assert {each["cooldown"]["default-days"] for each in found["updates"]} == {7}
