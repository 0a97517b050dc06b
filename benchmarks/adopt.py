"""Bench: `stead adopt`, and a cold `stead check` of what it wrote, on a repository of 6,000 files.

A monorepo by Compose: most of its files are code of few services, as in a real one. What is timed is the whole command
in a process of its own; memory is the most that it held. A ratio is what the aim allows by what was measured.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.row import Row

SERVICES, MODULES = 40, 146  # files of code in each
AIM, MEMORY = 5.0, 200.0  # seconds, MB
MODULE = """
exports.take = (rows, limit) => rows.filter((row) => row.kind === {number}).slice(0, limit);
exports.sum = (rows) => rows.reduce((sum, row) => sum + row.amount, 0);
""" + "".join(f"exports.part{part} = (row) => row.kind === {part} ? row.amount * {part} : 0;\n" for part in range(40))
MAIN = """
const http = require("http");
http.createServer((request, response) => response.end("/health")).listen(process.env.PORT);
exports.limit = Number(process.env.LIMIT || 10);
"""
DOCKERFILE = 'FROM node:22.11.0\nWORKDIR /app\nCOPY . .\nUSER 1000:1000\nCMD ["node", "main.js"]\n'
PACKAGE = '{{"name": "svc-{number}", "scripts": {{"start": "node main.js"}}}}\n'


def measure() -> list[Row]:
    """Return the rows."""
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-")).resolve()
    try:
        count = _repository(folder)
        adopted, adopting = _run("adopt", str(folder))
        checked, checking = _run("check", str(folder))
    finally:
        shutil.rmtree(folder)
    return [
        Row(f"adopt, {count:,} files", adopted, "s", AIM / adopted, 1.0),
        Row(f"check, cold, {count:,} files", checked, "s", AIM / checked, 1.0),
        Row("memory of adopt", adopting, "MB", MEMORY / adopting, 1.0),
        Row("memory of check", checking, "MB", MEMORY / checking, 1.0),
    ]


def _repository(root: Path) -> int:
    """Write the repository; return of how many files it is."""
    compose = ["services:"]
    for number in range(SERVICES):
        folder = root / f"svc-{number}"
        (folder / "src").mkdir(parents=True)
        for module in range(MODULES):
            (folder / "src" / f"part{module}.js").write_text(MODULE.replace("{number}", str(module)))
        (folder / "main.js").write_text(MAIN)
        (folder / "Dockerfile").write_text(DOCKERFILE)
        (folder / "package.json").write_text(PACKAGE.format(number=number))
        url = f'"http://svc-{(number + 1) % SERVICES}:3000"'
        compose.append(f"  svc-{number}: {{build: svc-{number}, environment: {{NEXT_URL: {url}}}}}")
    (root / "compose.yaml").write_text("\n".join(compose) + "\n")
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    return sum(path.is_file() for path in root.rglob("*") if ".git" not in path.parts)


def _run(*words: str) -> tuple[float, float]:
    """Return how long a command took, in seconds, and the most memory that it held, in MB."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "stead", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1), f"stead {' '.join(words)} ended with {process.returncode}"
    return time.perf_counter() - began, usage.ru_maxrss / 1024


if __name__ == "__main__":
    for row in measure():
        print(row)
