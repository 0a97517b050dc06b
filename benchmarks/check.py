"""Bench: `stead check` on a repository of 200 services with 2,000 files, cold and warm, and on one of 1,000.

What is timed is the whole command in a process of its own, from its start to its end, with all rules that it asks by
default. Cold means without the facts of an earlier look; the operating system has read the files before, as it has
whenever somebody works on them. The least of some rounds is taken, since everything else that runs only adds. A ratio
is what the aim allows by what was measured.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.row import Row

SMALL, LARGE = 200, 1_000  # services
ROUNDS = 3
COLD, WARM, HELP = 2.0, 0.5, 0.15  # seconds
DIGEST = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

DESCRIPTION = """
from stead import Backend, Environment, Service, Setting

LIMIT = Setting("LIMIT", int, default=100, help="How many at once.")
backend = Backend(
    "bench",
    services=[
        Service(f"svc-{{number}}", command="python app.py", folder=f"svc-{{number}}", settings=[LIMIT])
        for number in range({size})
    ],
    environments=[Environment("dev"), Environment("prod")],
)
"""
HANDLER = '''

async def handle_{number}(request, limit):
    """Answer one request of kind {number}."""
    found = await request.store.find(request.query["number"], limit=limit)
    if found is None:
        raise LookupError("there is nothing like this: " + str(request.query))
    return {{"number": found.number, "name": found.name, "kind": {number}}}
'''
FILES = {
    "app.py": '"""Serves."""\n\nimport os\n\nPORT = int(os.environ["PORT"])\nLIMIT = int(os.environ["LIMIT"])\n'
    'STATUS = "/health"\n' + "".join(HANDLER.format(number=number) for number in range(10)),
    "rules.py": '"""Decides."""\n' + "".join(HANDLER.format(number=number) for number in range(5)),
    "README.md": "# Service {number}\n\nWhat it does; see [the code](app.py) and [how it runs](run.sh).\n\n"
    + "Some words about `rules.py`, with **weight** and a [link](https://example.com/page) on each line.\n\n" * 20,
    "compose.yaml": "services:\n  svc-{number}:\n    build: .\n    env_file: .env.example\n    environment:\n"
    '      PORT: "8080"\n      API_TOKEN: ${{API_TOKEN:?}}\n    restart: unless-stopped\n    volumes:\n'
    "      - ./settings.json:/app/settings.json:ro\n  db:\n    image: postgres:17.2@" + DIGEST + "\n",
    "deploy.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: svc-{number}\nspec:\n  replicas: 2\n"
    "  template:\n    spec:\n      containers:\n        - name: svc\n          image: ghcr.io/shop/svc:1.0@"
    + DIGEST
    + "\n"
    "          env:\n            - name: API_TOKEN\n              valueFrom:\n                secretKeyRef:\n"
    "                  name: svc\n                  key: token\n",
    "Dockerfile": "FROM python:3.13-slim@" + DIGEST + "\nWORKDIR /app\nCOPY app.py rules.py ./\nUSER 10001:10001\n"
    'HEALTHCHECK CMD ["python", "app.py", "--healthy"]\nENTRYPOINT ["python", "app.py"]\n',
    "run.sh": '#!/bin/sh\nset -eu\nHERE="$(cd "$(dirname "$0")" && pwd)"\ncat "$HERE/settings.json"\n'
    'exec python "$HERE/app.py" "$@"\n',
    "settings.json": '{{"name": "svc-{number}", "limits": [' + ", ".join(map(str, range(100))) + "]}}\n",
    ".env.example": "LIMIT=\n",
    "requirements.txt": "uvicorn==0.54.0\n",
}


def measure(rounds: int = ROUNDS) -> list[Row]:
    """Return the rows."""
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-")).resolve()
    try:
        small, large = (_repository(folder / str(size), size) for size in (SMALL, LARGE))
        cold, warm = _look(small, rounds)
        more, more_warm = _look(large, max(1, rounds - 1))
    finally:
        shutil.rmtree(folder)
    first = min(_timed([sys.executable, "-m", "stead", "--help"]) for _ in range(rounds))
    times = LARGE / SMALL
    return [
        Row(f"{SMALL} services, {SMALL * len(FILES):,} files, cold", cold, "s", COLD / cold, 1.0),
        Row(f"{SMALL} services, {SMALL * len(FILES):,} files, warm", warm, "s", WARM / warm, 1.0),
        Row(f"{LARGE:,} services, cold, against {times:g} times as long", more, "s", times * cold / more, 1.0),
        Row(
            f"{LARGE:,} services, warm, against {times:g} times as long", more_warm, "s", times * warm / more_warm, 1.0
        ),
        Row("stead --help", first, "s", HELP / first, 1.0),
    ]


def _repository(root: Path, size: int) -> Path:
    for number in range(size):
        folder = root / f"svc-{number}"
        folder.mkdir(parents=True)
        for name, text in FILES.items():
            (folder / name).write_text(text if name.endswith(".py") else text.format(number=number))
        (folder / "run.sh").chmod(0o755)
    (root / "backend.py").write_text(DESCRIPTION.format(size=size))
    (root / ".gitignore").write_text(".env*\n!.env*.example\n")
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    return root


def _look(root: Path, rounds: int) -> tuple[float, float]:
    """Return the least time of a cold look, and of a warm one."""
    cold, warm = [], []
    for _ in range(rounds):
        shutil.rmtree(root / ".stead", ignore_errors=True)
        cold.append(_timed([sys.executable, "-m", "stead", "check", str(root)]))
        warm.append(_timed([sys.executable, "-m", "stead", "check", str(root)]))
    return min(cold), min(warm)


def _timed(command: list[str]) -> float:
    began = time.perf_counter()
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    assert ran.returncode in (0, 1), ran.stderr or ran.stdout
    return took


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS):
        print(row)
