"""The programs from npm that the tests of Workers run: workerd, esbuild, wrangler; installed once, from the lock."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"


def node_modules() -> Path:
    """Return the folder of what package-lock.json names; npm installs what is not there or of another lock, once."""
    installed = MODULES / ".installed-from"  # npm empties the folder first, and this is written last
    with (ROOT / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.file_digest(lock, "sha256").hexdigest()
        if not installed.exists() or installed.read_text() != wanted:
            install()
            installed.write_text(wanted)
    return MODULES


def install():
    """Have npm install what the lock names; a link to the folder of another checkout would be emptied by it."""
    assert shutil.which("npm"), "the tests of Workers need npm: install Node.js"
    assert not MODULES.is_symlink(), f"{MODULES} is a link to another folder, which npm would empty: remove the link"
    words = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=240)
