"""Run the scripts of a job on this machine, one after the other, with what a runner would give them.

Actions are not run: the checkout is this folder, and what they install is taken from this machine, or is said to be
missing. Secrets are given from files, and are masked in what a script prints, as a runner does it.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stead.model import SteadError
from stead.ops.ci.event import Event
from stead.ops.ci.expression import condition, rendered
from stead.ops.ci.process import PASSED_ON, Outcome, masked


def run(
    job: Mapping[str, Any], event: Event, needs: Mapping[str, Any], folder: Path, secrets: Mapping[str, str]
) -> Iterator[Outcome]:
    """Run a job in a folder; after the first failure only steps whose condition asks for it are run."""
    failed, outputs = False, dict[str, Any]()
    with tempfile.TemporaryDirectory(prefix="stead-ci-") as temporary:
        runner = _Runner(Path(temporary), folder, event, tuple(secrets.values()))
        for number, step in enumerate(job.get("steps") or (), start=1):
            name = str(step.get("name") or step.get("uses") or f"step {number}")
            given = {
                "github": event.github(),
                "needs": needs,
                "steps": outputs,
                "env": {},
                "secrets": secrets,
                "vars": {},
            }
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

    def __init__(self, temporary: Path, folder: Path, event: Event, hidden: tuple[str, ...]) -> None:
        self._folder = folder
        self._hidden = hidden
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
        described = temporary / "event.json"
        described.write_text(json.dumps(github["event"]))
        self._base = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._base |= {name: str(github[key]) for name, key in named.items()}
        self._base |= {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(folder)}
        self._base["GITHUB_EVENT_PATH"] = str(described)
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
        outcome = masked(name, words, place, environment, self._hidden)
        lines = self._files["GITHUB_OUTPUT"].read_text().splitlines()
        return outcome, dict(line.split("=", 1) for line in lines if "=" in line)


def secrets_of(folder: Path | None) -> dict[str, str]:
    """Return the secrets of a folder: the name of a file, and what is in it."""
    if folder is None:
        return {}
    if not folder.is_dir():
        raise SteadError(f"{folder} is no folder: write a file for each secret into one, named like the secret")
    return {file.name: file.read_text().strip("\n") for file in sorted(folder.iterdir()) if file.is_file()}


def _missing(script: str) -> str:
    """Return the program that a script begins with, where this machine has none."""
    first = (script.split() or [""])[0]
    plain = first.isidentifier() and first not in ("if", "for", "while", "set", "test", "exit", "echo", "cd", "export")
    return first if plain and shutil.which(first) is None else ""
