"""From a repository to a backend that runs: adopt, check, render, up, smoke, on shapes of six kinds.

What one adopts is run as it was written, without a change. The shapes are those of the corpus that say, under `chain`,
what the outside is answered; what runs elsewhere only, images, is rendered.
"""

import asyncio
import os
import sys
import tempfile
import urllib.request
from pathlib import Path

import httpx2
import pytest

from check.rule_run import modules_left_alone
from corpus.measure import names, shape, written
from run.test_supervisor import running
from stead.adopt.adopt import adopt
from stead.model import load
from stead.ops.smoke import Target, smoke
from stead.render.targets import generated

CHAINS = {name: asked for name in names() if (asked := shape(name).get("chain")) is not None}
# Stand-ins for programs that a shape's owner has installed: the package manager, and the server of the project's own
# environment.
PNPM = '#!/bin/sh\nexec npm "$@"\n'
UVICORN = f'#!/bin/sh\nexec {sys.executable} -m uvicorn "$@"\n'


def test_there_are_six_kinds_that_run_here():
    assert len(CHAINS) >= 6


@pytest.fixture
def temporary():
    """A folder in which `go run` may leave its program when it is ended; short, since sockets are made in it."""
    with tempfile.TemporaryDirectory(prefix="c-") as folder:
        yield folder


@pytest.mark.parametrize("name", CHAINS)
async def test_what_was_adopted_is_rendered_and_runs_and_its_smoke_passes(name, tmp_path, temporary, monkeypatch):
    root = described(tmp_path / name, name)
    program(tmp_path / "bin" / "pnpm", PNPM)
    program(root / ".venv" / "bin" / "uvicorn", UVICORN)
    monkeypatch.setenv("TMPDIR", temporary)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with modules_left_alone(root):
        backend = load(root)
        assert generated(backend)
        async with running(root) as supervisor:
            urls = supervisor.plans.addresses()
            if backend.gateway:
                urls[backend.gateway.name] = supervisor.plans.url
            assert await asyncio.to_thread(unwell, Target(backend, "dev", urls)) == []
            for path, answer in CHAINS[name].items():
                assert await asyncio.to_thread(asked, supervisor.plans.url + path) == answer


def test_images_in_manifests_are_rendered_for_a_cluster(tmp_path):
    root = described(tmp_path, "kubernetes-images")
    with modules_left_alone(root):
        files = generated(load(root), ["kubernetes"])
    assert {path.split("/")[3] for path in files if path.count("/") > 3} >= {"ledger", "ledger-ui", "reports"}


def described(root, name):
    written(root, shape(name)["files"])
    (root / "backend.py").write_text(adopt(root).text)
    return root


def program(path: Path, text):
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(0o755)


def unwell(target):
    with httpx2.Client(timeout=5) as client:
        return [check for check in smoke(target, client) if check.wrong]


def asked(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()
