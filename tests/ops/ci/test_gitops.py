"""Shipping by a commit: the digests, on the newest state of the branch, pushed once, with no token in any output."""

import json
import os
import subprocess

import pytest

from check.rule_run import git
from stead.model import SteadError, load
from stead.ops.ci.delivery import delivery_of
from stead.ops.ci.deploy import ship, shown
from stead.render.targets import generated
from stead.render.write import write

DIGEST = "sha256:" + 64 * "a"
BACKEND = """from stead import Backend, Deploy, Environment, Gitlab, Gitops, Kubernetes, Service

synced = [Kubernetes(f"shop-{name}", gitops=Gitops("https://git.example.com/shop.git")) for name in ("staging", "prod")]
staging, prod = (Environment(name, kubernetes=each) for name, each in zip(("staging", "prod"), synced))
backend = Backend(
    "shop",
    services=[Service("web", command="node web.js", folder="web")],
    environments=[Environment("dev"), staging, prod],
    folder="backends/shop",
    registry="registry.example.com/shop",
    pipelines=[Gitlab(deploys=[Deploy(staging, to="gitops"), Deploy(prod, to="gitops", on="tag")])],
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
    backend = load(work / "backends/shop")
    write(work / "backends/shop", generated(backend, ["kubernetes"]))
    push(work, "first")
    return work


def push(work, message):
    git(work, "switch", "-q", "-C", "main")
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", message)
    git(work, "push", "-q", "origin", "main")


def delivery(work, version="4f2a91c", environment="staging", digest=DIGEST):
    digests = work.parent / "digests"
    digests.mkdir(exist_ok=True)
    backend = load(work / "backends/shop")
    for name in ("web", "python"):
        (digests / name).write_text(f"registry.example.com/shop/shop-{name}@{digest}\n")
    return delivery_of(backend, environment, version, 40 * "b", digests)


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
    assert DIGEST in on_main(clone, "backends/shop/deploy/kubernetes/staging/web/web.deployment.yaml")
    message = git(clone.parent / "origin.git", "log", "-1", "--format=%B", "main")
    assert message == "Ship shop 4f2a91c to staging\n\n[skip ci]"


@pytest.mark.parametrize("tagged", ["the commit that was built", "the commit of its digests"])
def test_a_tag_brings_to_production_what_staging_ran_and_not_what_was_built_again(clone, tagged):
    built = git(clone, "rev-parse", "HEAD")
    assert shipped(clone, version=built[:7]) == 0
    git(clone, "fetch", "-q", "origin")
    git(clone, "tag", "v1.0.0", built if tagged == "the commit that was built" else "origin/main")
    assert shipped(clone, version="v1.0.0", environment="prod", digest="sha256:" + 64 * "c") == 0
    found = json.loads(on_main(clone, "backends/shop/deploy/releases/prod.json"))
    assert (found["version"], found["images"]["web"]) == ("v1.0.0", DIGEST)


def test_production_gets_nothing_that_staging_never_ran(clone, capfd):
    assert shipped(clone) == 0
    with pytest.raises(SteadError, match=r"v1\.0\.0 is not shipped to prod"):
        shipped(clone, version="v1.0.0", environment="prod")
    assert "staging must run v1.0.0 before prod" in capfd.readouterr().err


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
    assert any("stead ship gitops backends/shop --env staging" in line for line in lines)
    assert any("git push" in line for line in lines)
