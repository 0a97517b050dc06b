"""Shipping by a commit: the digests, on the newest state of the branch, pushed once, with no token in any output."""

import json
import os
import subprocess

import pytest

from check.holding import git
from stead.model import SteadError, load
from stead.ops.ci.delivery import delivery_of
from stead.ops.ci.deploy import ship, shown

DIGEST = "sha256:" + 64 * "a"
BACKEND = """from stead import Backend, Deploy, Environment, Gitlab, Service

staging = Environment("staging")
backend = Backend(
    "shop",
    services=[Service("web", command="node web.js", folder="web")],
    environments=[Environment("dev"), staging],
    folder="backends/shop",
    registry="registry.example.com/shop",
    pipelines=[Gitlab(deploys=[Deploy(staging, to="gitops")])],
)
"""


@pytest.fixture
def clone(tmp_path):
    """A clone of a repository that takes pushes, with a backend that was rendered."""
    origin, work = tmp_path / "origin.git", tmp_path / "work"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(origin))
    git(tmp_path, "clone", "-q", str(origin), str(work))
    (work / "backends/shop/web").mkdir(parents=True)
    (work / "backends/shop/web/web.js").write_text("// web\n")
    (work / "backends/shop/backend.py").write_text(BACKEND)
    push(work, "first")
    return work


def push(work, message):
    git(work, "switch", "-q", "-C", "main")
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", message)
    git(work, "push", "-q", "origin", "main")


def delivery(work, version="4f2a91c"):
    digests = work.parent / "digests"
    digests.mkdir(exist_ok=True)
    backend = load(work / "backends/shop")
    for name in ("web", "python"):
        (digests / name).write_text(f"registry.example.com/shop/shop-{name}@{DIGEST}\n")
    return delivery_of(backend, "staging", version, 40 * "b", digests)


def shipped(work, **given):
    return ship(delivery(work, **given), {**os.environ, "DEPLOY_TOKEN": "the-token"}, work)


def on_main(work, path):
    origin = work.parent / "origin.git"
    return subprocess.run(
        ["git", "show", f"main:{path}"], cwd=origin, capture_output=True, text=True, check=True
    ).stdout


def test_the_digests_are_committed_and_what_is_rendered_with_them(clone):
    assert shipped(clone) == 0
    found = json.loads(on_main(clone, "backends/shop/deploy/releases/staging.json"))
    assert (found["version"], found["images"]["web"]) == ("4f2a91c", DIGEST)
    assert "FROM" in on_main(clone, "backends/shop/deploy/docker/web.Dockerfile")
    assert (
        git(clone.parent / "origin.git", "log", "-1", "--format=%s", "main") == "Ship shop 4f2a91c to staging [skip ci]"
    )


def test_the_same_version_is_not_committed_twice(clone):
    assert shipped(clone) == shipped(clone) == 0
    assert git(clone.parent / "origin.git", "rev-list", "--count", "main") == "2"


def test_a_push_that_came_first_is_kept(clone):
    other = clone.parent / "other"
    git(clone.parent, "clone", "-q", str(clone.parent / "origin.git"), str(other))
    (other / "notes.txt").write_text("first\n")
    push(other, "notes")
    assert shipped(clone) == 0
    assert on_main(clone, "notes.txt") == "first\n"


def test_a_push_that_is_refused_is_an_error_without_the_token(clone):
    hook = clone.parent / "origin.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho protected >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(SteadError, match="cannot be pushed to main") as caught:
        shipped(clone)
    assert "the-token" not in str(caught.value)


def test_the_commands_are_shown_without_a_token(clone):
    lines = list(shown(delivery(clone)))
    assert any("releases/staging.json" in line for line in lines)
    assert any("git push" in line for line in lines)
