"""The programs from npm that the tests of Workers run: workerd, esbuild, wrangler; installed once, from the lock."""

import fcntl
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"


def node_modules() -> Path:
    """Return the folder of what package-lock.json names; npm installs what is not there or older, one at a time."""
    mark = MODULES / ".package-lock.json"  # npm writes it last
    with (ROOT / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists() or mark.stat().st_mtime < (ROOT / "package-lock.json").stat().st_mtime:
            assert shutil.which("npm"), "the tests of Workers need npm: install Node.js"
            words = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=240)
    return MODULES
