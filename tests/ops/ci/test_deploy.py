"""Shipping from a job: the same `stead ship` that a person runs, on the host of an environment, its keys hidden."""

import os
from pathlib import Path

import pytest

from render.pipelines import EDGE, SHOP, STAGING, with_pipelines
from stead.model import Deploy, Github, SteadError
from stead.ops.ci.delivery import delivery_of
from stead.ops.ci.deploy import ship, shown

DIGEST = "sha256:" + 64 * "a"
REVISION = 40 * "b"
HOST = "deploy@host.example.com"
KEYS = {
    "DEPLOY_SSH_KEY": "the-private-key",
    "DEPLOY_KNOWN_HOSTS": "host.example.com ssh-ed25519 AAAA",
    "DEPLOY_HOST": HOST,
    "DEPLOY_FOLDER": "/srv/the shop",
}
SSH = """#!/bin/sh
{ printf '%s\\n' "$@"; echo "--"; cat "$2"; stat -c %a "$2"; } >> "$SEEN"
env | grep -q '^DEPLOY_SSH_KEY=' && echo leaked >> "$SEEN"
exit "${STATUS:-0}"
"""


@pytest.fixture
def digests(tmp_path):
    folder = tmp_path / "digests"
    folder.mkdir()
    for name in ("orders", "python"):
        (folder / name).write_text(f"ghcr.io/example/shop-{name}@{DIGEST}\n")
    return folder


@pytest.fixture
def ssh(tmp_path):
    """A program named ssh that writes down what it was given: nothing here may reach another machine."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "ssh").write_text(SSH)
    (programs / "ssh").chmod(0o755)
    return {"PATH": f"{programs}:{os.environ['PATH']}", "SEEN": str(tmp_path / "seen")}


def delivery(digests, backend=SHOP, environment="staging"):
    return delivery_of(backend, environment, "4f2a91c", REVISION, digests)


def test_a_compose_host_checks_the_commit_out_and_ships_it(digests):
    checkout, ship = shown(delivery(digests))
    assert f"fetch --quiet origin {REVISION}" in checkout
    assert "stead ship compose backends/shop --env staging --version 4f2a91c" in ship
    assert f"--image orders=ghcr.io/example/shop-orders@{DIGEST}" in ship
    assert "StrictHostKeyChecking=yes" in ship


@pytest.mark.parametrize("target", ["kubernetes", "workers"])
def test_other_targets_are_shipped_to_from_here(digests, target):
    backend = with_pipelines(Github(deploys=[Deploy(STAGING, to=target, urls={EDGE: "https://a.example.com"})]))
    (line,) = shown(delivery(digests, backend))
    assert f"-m stead ship {target} backends/shop --env staging --version 4f2a91c" in line
    assert ("--image" in line) == (target == "kubernetes")


def test_the_key_is_in_a_file_of_its_own_for_as_long_as_it_is_used(digests, ssh, tmp_path):
    assert ship(delivery(digests), {**ssh, **KEYS}, tmp_path) == 0
    seen = (tmp_path / "seen").read_text()
    assert "the-private-key\n600\n" in seen
    assert "leaked" not in seen
    assert "'/srv/the shop'" in seen
    key = next(line for line in seen.splitlines() if line.endswith("/key"))
    assert not Path(key).exists()


def test_the_first_command_that_fails_is_the_last(digests, ssh, tmp_path):
    assert ship(delivery(digests), {**ssh, **KEYS, "STATUS": "75"}, tmp_path) == 75
    assert (tmp_path / "seen").read_text().count("BatchMode=yes") == 1


def test_all_that_is_not_set_is_told_at_once(digests, tmp_path):
    with pytest.raises(SteadError) as caught:
        ship(delivery(digests), {"DEPLOY_HOST": HOST}, tmp_path)
    assert all(name in str(caught.value) for name in ("DEPLOY_SSH_KEY", "DEPLOY_KNOWN_HOSTS", "DEPLOY_FOLDER"))
    assert "DEPLOY_HOST" not in str(caught.value)


def test_an_image_without_a_digest_is_an_error_that_names_it(digests):
    (digests / "orders").unlink()
    with pytest.raises(SteadError, match="no digest of orders"):
        delivery(digests)
    (digests / "orders").write_text("ghcr.io/example/shop-orders:latest\n")
    with pytest.raises(SteadError, match="no digest in the file of orders"):
        delivery(digests)
    with pytest.raises(SteadError, match="--images digests"):
        delivery(None)


def test_an_environment_that_no_pipeline_ships_to_is_an_error(digests):
    with pytest.raises(SteadError, match=r"ships to dev; it ships to staging, prod"):
        delivery(digests, environment="dev")
