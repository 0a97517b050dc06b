"""Run the scripts of a job on this machine, one after the other, with what a runner would give them.

Actions are not run: the checkout is this folder, and what they install is taken from this machine, or is said to be
missing.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stead.ops.ci.event import Event
from stead.ops.ci.expression import condition, rendered

SECONDS = 1800
PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "UV_CACHE_DIR", "UV_OFFLINE", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One step: what it is called, its status (None: it was not run), and why."""

    step: str
    status: int | None
    why: str = ""


def run(job: Mapping[str, Any], event: Event, needs: Mapping[str, Any], folder: Path) -> Iterator[Outcome]:
    """Run a job in a folder; after the first failure only steps whose condition asks for it are run."""
    failed, outputs = False, dict[str, Any]()
    with tempfile.TemporaryDirectory(prefix="stead-ci-") as temporary:
        runner = _Runner(Path(temporary), folder, event)
        for number, step in enumerate(job.get("steps") or (), start=1):
            name = str(step.get("name") or step.get("uses") or f"step {number}")
            given = {"github": event.github(), "needs": needs, "steps": outputs, "env": {}, "secrets": {}, "vars": {}}
            if not condition(str(step.get("if", "")), given, failed=failed):
                yield Outcome(name, None, "its condition does not hold")
            elif "run" not in step:
                yield Outcome(name, None, f"{step.get('uses', 'nothing')} is not run here")
            else:
                outcome, values = runner.step(name, step, given)
                outputs[str(step.get("id", number))] = {"outputs": values}
                failed = failed or bool(outcome.status)
                yield outcome


class _Runner:
    """A job that runs: the files that a runner gives its steps."""

    def __init__(self, temporary: Path, folder: Path, event: Event) -> None:
        self._folder = folder
        self._files = {
            name: temporary / name for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")
        }
        for file in self._files.values():
            file.touch()
        github = event.github()
        named = {
            "GITHUB_SHA": "sha",
            "GITHUB_REF": "ref",
            "GITHUB_REF_NAME": "ref_name",
            "GITHUB_EVENT_NAME": "event_name",
        }
        self._base = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._base |= {name: str(github[key]) for name, key in named.items()}
        self._base |= {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(folder)}
        self._base |= {name: str(file) for name, file in self._files.items()}

    def step(self, name: str, step: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[Outcome, dict[str, str]]:
        """Run one script; return what came of it, and the outputs that it wrote."""
        missing = _missing(str(step["run"]))
        if missing:
            return Outcome(name, 127, f"{missing} is not installed here"), {}
        environment = self._base | {key: rendered(str(value), given) for key, value in (step.get("env") or {}).items()}
        self._files["GITHUB_OUTPUT"].write_text("")
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", str(step["run"])]
        place = self._folder / str(step.get("working-directory", "."))
        try:
            status = subprocess.run(words, cwd=place, env=environment, check=False, timeout=SECONDS).returncode
        except subprocess.TimeoutExpired:
            return Outcome(name, 124, f"it did not end in {SECONDS} seconds"), {}
        lines = self._files["GITHUB_OUTPUT"].read_text().splitlines()
        return Outcome(name, status), dict(line.split("=", 1) for line in lines if "=" in line)


def _missing(script: str) -> str:
    """Return the program that a script begins with, where this machine has none."""
    first = (script.split() or [""])[0]
    plain = first.isidentifier() and first not in ("if", "for", "while", "set", "test", "exit", "echo", "cd", "export")
    return first if plain and shutil.which(first) is None else ""
