"""The jobs of a rendered pipeline on this machine: images are built, scanned and listed, and nothing is pushed.

The base of one image is `scratch`, of the other a stand-in, since no registry is asked. A scan looks for secrets alone,
which needs no database of vulnerabilities.
"""

import json
import os
import shutil

import pytest

from check.rule_run import git
from containers.docking import docker, stead

BACKEND = '''"""Two services, each of a Dockerfile of its own."""

from stead import Backend, Build, Github, Health, Service

ask = Health(probe=("/hello",))
orders = Service("orders", build="orders", health=ask)
prices = Service("prices", build=Build("prices", "own.Dockerfile", "last", {"KIND": "small"}), health=ask)
backend = Backend("shop", services=[orders, prices], registry="ghcr.io/example", pipelines=[Github()])
'''
SCRATCH = 'FROM scratch\nCOPY hello /hello\nUSER 10001:10001\nENTRYPOINT ["/hello"]\n'
STAGES = """ARG DEBIAN_BASE=docker.io/library/debian:13
FROM ${DEBIAN_BASE} AS first
RUN exit 1
FROM scratch AS last
ARG KIND VERSION
LABEL kind="$KIND" org.opencontainers.image.version="$VERSION"
COPY hello /hello
"""
KEY = "aws_access_key_id = AKIAQ4ZDN7UXR3TLMBV5\n"
needs_trivy = pytest.mark.skipif(shutil.which("trivy") is None, reason="trivy is not installed: https://trivy.dev")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A repository of a backend, rendered and committed."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "backend.py").write_text(BACKEND)
    for name, file, text in (("orders", "Dockerfile", SCRATCH), ("prices", "own.Dockerfile", STAGES)):
        (folder / name).mkdir()
        (folder / name / file).write_text(text)
        (folder / name / "hello").write_text(KEY)
    git(folder, "init", "-q", "-b", "main", "--template=")
    stead("render", folder, environ=dict(os.environ))
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "feat: begin")
    yield folder
    for name in ("orders", "prices"):
        docker("image", "rm", "--force", f"stead-ci/{name}:4f2a91c", well=False)


def tried(shop, job, image, *words, **environ):
    """Run a job's leg with nothing but secrets looked for."""
    given = os.environ | {"TRIVY_SCANNERS": "secret"} | environ
    return stead("ci", "test", shop, "--run", job, "--matrix", f"image={image}", *words, environ=given, well=False)


@needs_trivy
def test_the_build_job_builds_the_image_and_reports_what_a_scanner_finds(shop, tmp_path):
    done = tried(shop, "build", "orders", "--artifacts", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ Build the image (orders)  stead-ci/orders:4f2a91c is built" in done.stdout
    assert docker("image", "inspect", "--format", "{{.Config.User}}", "stead-ci/orders:4f2a91c") == "10001:10001"
    report = json.loads((tmp_path / "scan-orders/trivy.sarif").read_text())
    assert [each["ruleId"] for each in report["runs"][0]["results"]] == ["aws-access-key-id"]
    assert git(shop, "status", "--short") == ""


@needs_trivy
def test_a_pushed_image_is_only_built_and_then_scanned_and_listed_by_the_jobs_after_it(shop, tmp_path):
    made = tried(shop, "images", "orders", "--artifacts", tmp_path, "--event", "tag")
    assert made.returncode == 0, made.stdout + made.stderr
    assert "is built, and not pushed" in made.stdout
    assert "– Tag the release (orders)  it publishes" in made.stdout
    scanned = tried(shop, "scan", "orders", "--artifacts", tmp_path)
    assert scanned.returncode == 1  # of a push, a finding fails
    assert "✗ Scan the image (orders)  trivy: 1 finding" in scanned.stdout
    listed = tried(shop, "sbom", "orders", "--artifacts", tmp_path)
    assert listed.returncode == 0, listed.stdout + listed.stderr
    assert json.loads((tmp_path / "sbom-orders/orders.spdx.json").read_text())["spdxVersion"].startswith("SPDX-")
    assert git(shop, "status", "--short") == ""


def test_a_dockerfile_is_built_to_its_stage_with_its_arguments(shop, tmp_path):
    done = tried(shop, "images", "prices", "--artifacts", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    labels = json.loads(docker("image", "inspect", "--format", "{{json .Config.Labels}}", "stead-ci/prices:4f2a91c"))
    assert (labels["kind"], labels["org.opencontainers.image.version"]) == ("small", "4f2a91c")


def test_an_image_that_cannot_be_built_fails_its_job(shop, tmp_path):
    file = shop / "orders/Dockerfile"
    file.write_text(SCRATCH.replace("COPY hello", "COPY nothing"))
    try:
        done = tried(shop, "build", "orders", "--artifacts", tmp_path)
    finally:
        file.write_text(SCRATCH)
    assert done.returncode == 1
    assert "✗ Build the image (orders)" in done.stdout
    assert "– Report what is vulnerable (orders)  its condition is false" in done.stdout


def test_without_a_scanner_the_job_says_which_and_where_to_get_it(shop, tmp_path):
    for name in ("docker", "git", "bash"):
        (tmp_path / name).symlink_to(shutil.which(name))
    done = tried(shop, "build", "orders", "--artifacts", tmp_path / "kept", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "✗ Report what is vulnerable (orders)  scan needs Trivy or Grype: https://trivy.dev" in done.stdout


def test_without_a_daemon_the_job_says_so(shop, tmp_path):
    done = tried(shop, "build", "orders", "--artifacts", tmp_path, DOCKER_HOST="tcp://127.0.0.1:9")
    assert done.returncode == 1
    assert "✗ Build the image (orders)  no Docker daemon answers" in done.stdout
