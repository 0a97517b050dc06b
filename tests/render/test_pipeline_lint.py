"""Rendered pipelines before other people's checkers: no findings, and nothing silenced.

shellcheck is asked by actionlint, which finds it beside itself; the schemas are those that check-jsonschema brings.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from render.pipelines import ORDERS, OWN, PAID, SHOP, STAGING, with_pipelines
from stead.model import Deploy, Github, Gitlab
from stead.render import gitlab
from stead.render.targets import generated

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
YAMLLINT = "{extends: default, rules: {line-length: disable, document-start: disable}}"


def said(name, *words, cwd):
    """Return the status and the output of a checker that is installed with the tests."""
    program = shutil.which(name, path=str(BIN))
    assert program, f"{name} is not installed: make install"
    environment = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(cwd), "NO_COLOR": "1"}
    done = subprocess.run(
        [program, *map(str, words)], capture_output=True, text=True, check=False, cwd=cwd, env=environment, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def write_all(top, backend):
    project = backend.pipelines[0].project
    for path, text in generated(backend, ["github", "gitlab"]).items():
        file = Path(os.path.normpath(top / project / backend.folder / path))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """What this repository commits, a backend with all that a pipeline can have, and the other targets."""
    top = tmp_path_factory.mktemp("repository")
    for name in (".github", ".gitlab"):
        shutil.copytree(ROOT / name, top / name)
    elsewhere = [
        with_pipelines(
            Github(
                deploys=[Deploy(STAGING, to=target)], platforms=["linux/amd64", "linux/arm64"], file=f"{target}.yml"
            ),
            Gitlab(deploys=[Deploy(STAGING, to=target)] if target in ("compose", "gitops") else (), tags=["protected"]),
            name=f"to-{target}",
            registry="registry.example.com:5000/shop",
        )
        for target in ("compose", "kubernetes", "gitops", "workers")
    ]
    below = with_pipelines(
        Github(project="server", file="below.yml"), Gitlab(project="server", tags=["protected"]), name="below"
    )
    own = with_pipelines(
        Github(file="own.yml"), Gitlab(tags=["protected"]), name="own", services=[ORDERS, OWN, PAID], gateway=None
    )
    for backend in (SHOP, *elsewhere, replace(below, folder="shop"), own):
        write_all(top, backend)
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=top, check=True)
    return top


def workflows(repository):
    return sorted((repository / ".github/workflows").glob("*.yml"))


def gitlab_files(repository):
    return [repository / ".gitlab-ci.yml", *sorted((repository / ".gitlab/ci").glob("*/*.yml"))]


def test_zizmor_as_an_auditor_finds_nothing(repository):
    status, text = said("zizmor", "--offline", "--persona", "auditor", "--no-progress", ".", cwd=repository)
    assert (status, "No findings to report" in text) == (0, True), text
    assert "suppressed" not in text
    assert "ignored" not in text


def test_actionlint_and_shellcheck_find_nothing(repository):
    assert said("actionlint", "-no-color", cwd=repository) == (0, "")


def test_workflows_are_of_githubs_schema(repository):
    assert len(workflows(repository)) > 12
    status, text = said(
        "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows(repository), cwd=repository
    )
    assert status == 0, text


def test_dependabots_file_is_of_its_schema(repository):
    file = repository / ".github/dependabot.yml"
    status, text = said("check-jsonschema", "--builtin-schema", "vendor.dependabot", file, cwd=repository)
    assert status == 0, text


def test_renovates_file_is_of_its_schema(tmp_path):
    """Without the mark, which JSON5 may have and the checker cannot read."""
    file = tmp_path / "renovate.json"
    file.write_text(gitlab.files(with_pipelines(Gitlab(parts=["renovate"])))[".gitlab/renovate.json5"])
    status, text = said("check-jsonschema", "--builtin-schema", "vendor.renovate", file, cwd=tmp_path)
    assert status == 0, text


@pytest.mark.skipif(shutil.which("glsec") is None, reason="glsec is not installed: github.com/glsec/glsec")
def test_glsec_finds_nothing(repository, tmp_path):
    """Of each backend as GitLab merges it: the entry with the components that it includes."""
    entry = (repository / ".gitlab-ci.yml").read_text().partition("include:")[0]
    for folder in sorted((repository / ".gitlab/ci").iterdir()):
        file = tmp_path / f"{folder.name}.yml"
        file.write_text(entry + "".join(each.read_text() for each in sorted(folder.glob("*.yml"))))
        done = subprocess.run(
            [shutil.which("glsec"), "-no-cache", "-no-color", "-no-ignores", "-strict", file],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("checkov") is None, reason="checkov is not installed: pip install checkov")
def test_checkovs_rules_of_ci_find_nothing(repository, tmp_path):
    words = ("--quiet", "--compact", "--framework", "github_actions", "gitlab_ci", "--directory", repository)
    environment = os.environ | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "NO_COLOR": "1"}
    done = subprocess.run(
        [shutil.which("checkov"), *words], capture_output=True, text=True, check=False, timeout=300, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_gitlabs_files_are_of_its_schema(repository):
    files = gitlab_files(repository)
    assert len(files) > 5
    status, text = said("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", *files, cwd=repository)
    assert status == 0, text


def test_yamllint_finds_nothing(repository):
    files = (".github", ".gitlab", ".gitlab-ci.yml")
    assert said("yamllint", "--strict", "-d", YAMLLINT, *files, cwd=repository) == (0, "")


def test_shellcheck_finds_nothing_in_gitlabs_scripts(repository, tmp_path):
    """A job's lines run one after the other in one shell."""
    scripts = []
    for file in gitlab_files(repository)[1:]:
        for name, job in yaml.safe_load(file.read_text()).items():
            scripts.append(tmp_path / f"{file.parent.name}-{name.replace(':', '-')}.sh")
            scripts[-1].write_text("#!/bin/busybox sh\nset -e\n" + "\n".join(job["script"]) + "\n")
    assert len(scripts) > 20
    status, text = said("shellcheck", "--severity=warning", *scripts, cwd=tmp_path)
    assert status == 0, text


def test_nothing_is_silenced(repository):
    words = ("zizmor: ignore", "shellcheck disable", "yamllint disable", "checkov:skip")
    for file in (*workflows(repository), *gitlab_files(repository)):
        assert not [word for word in words if word in file.read_text()], file
