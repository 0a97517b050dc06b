"""Run a job of GitLab on this machine: by gitlab-ci-local if it is installed, otherwise its script in one shell.

gitlab-ci-local copies files with rsync, and is used when both are installed. Neither way changes the user's folder:
its state, what pip installs into the job's image, and the artifacts are removed with the run. A job that publishes is
not run at all: a test changes nothing elsewhere.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stead.model.printable import printable
from stead.ops.ci.process import PASSED_ON, Outcome, masked
from stead.ops.ci.runner import NOT_PUBLISHED, PUBLISHES, Trial

# Its jobs run on this machine; the table of events says whether one starts.
OPTIONS = ("--force-shell-executor", "--no-artifacts-to-source", "--no-evaluate-rule-changes")
INSTALLS = ("pip install ", "apt-get install ", "apk add ")


def run(name: str, job: Mapping[str, Any], trial: Trial) -> Iterator[Outcome]:
    """Run a job for an event in a checkout."""
    script = [str(line) for line in job["script"]]
    if PUBLISHES.search("\n".join(script)) or "release" in job:
        yield Outcome(name, None, NOT_PUBLISHED)
        return
    with tempfile.TemporaryDirectory(prefix="stead-ci-") as temporary, _cleared(name, job, trial):
        program = shutil.which("gitlab-ci-local") if shutil.which("rsync") else None
        broken = _why_not(program) if program else ""
        if broken:
            yield Outcome("gitlab-ci-local", None, f"{broken}; the script runs in one shell")
        if program and not broken:
            yield _by_gitlab_ci_local(program, name, _given(job, trial), trial, Path(temporary))
        else:
            yield from _in_a_shell(name, script, _given(job, trial), trial)


def _why_not(program: str) -> str:
    """Return why gitlab-ci-local does not start, such as with an old version of Node; empty when it does."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, errors="replace", check=False)
    if done.returncode == 0:
        return ""
    error = next((line.strip() for line in done.stderr.splitlines() if "Error" in line), "no reason was given")
    return f"it does not start ({printable(error)[:100]}): install it with Node 22 or later"


def _given(job: Mapping[str, Any], trial: Trial) -> dict[str, str]:
    """Return the variables of the event and of the job."""
    commit = str(trial.event.github()["sha"])
    known = {"CI_COMMIT_SHA": commit, "CI_COMMIT_SHORT_SHA": commit[:8], "CI_PROJECT_DIR": str(trial.top)}
    return trial.event.gitlab() | known | {key: str(value) for key, value in (job.get("variables") or {}).items()}


def _base() -> dict[str, str]:
    return {each: os.environ[each] for each in PASSED_ON if each in os.environ}


def _by_gitlab_ci_local(program: str, name: str, given: Mapping[str, str], trial: Trial, temporary: Path) -> Outcome:
    _write_secrets(temporary, trial.secrets)
    state = os.path.relpath(temporary / "state", trial.top)  # it accepts only paths within the checkout
    variables = [word for key, value in given.items() for word in ("--variable", f"{key}={value}")]
    quiet = ("--ignore-predefined-vars", ",".join(given))
    words = [program, "--home", str(temporary), "--state-dir", state, *OPTIONS, *quiet, *variables, name]
    environment = _base() | _installed_into(temporary / "tools")
    return masked(name, words, trial.top, environment, list(trial.secrets.values()))


def _in_a_shell(name: str, script: list[str], given: Mapping[str, str], trial: Trial) -> Iterator[Outcome]:
    for line in script:
        if line.startswith(INSTALLS):
            yield Outcome(line, None, "it installs packages in the job's image")
    text = "\n".join(line for line in script if not line.startswith(INSTALLS))
    environment = _base() | {"CI": "true", "GITLAB_CI": "true"} | dict(given) | dict(trial.secrets)
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    yield masked(name, words, trial.top, environment, list(trial.secrets.values()))


def _installed_into(folder: Path) -> dict[str, str]:
    """Return the folder for packages that a job would install in its image; it is removed with the run."""
    path = os.pathsep.join((f"{folder}/bin", os.environ.get("PATH", os.defpath)))
    return {"PIP_PREFIX": str(folder), "PIP_ROOT_USER_ACTION": "ignore", "PATH": path}


def _write_secrets(home: Path, secrets: Mapping[str, str]) -> None:
    """Write secrets to the file that gitlab-ci-local reads: every user can read a command line."""
    folder = home / ".gitlab-ci-local"
    folder.mkdir()
    file = os.open(folder / "variables.yml", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as out:
        out.write(json.dumps({"global": dict(secrets)}))


@contextmanager
def _cleared(name: str, job: Mapping[str, Any], trial: Trial) -> Iterator[None]:
    """Move a job's artifacts out of the user's folder, to the folder for artifacts if one is given."""
    before = _artifacts(job, trial.top)
    try:
        yield
    finally:
        for path in sorted(_artifacts(job, trial.top) - before):
            if trial.artifacts is not None:
                target = trial.artifacts / name.replace(":", "-") / path.relative_to(trial.top)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
            path.unlink()


def _artifacts(job: Mapping[str, Any], top: Path) -> set[Path]:
    """Return the existing files of a job's artifacts."""
    artifacts = job.get("artifacts") or {}
    reports = [path for path in (artifacts.get("reports") or {}).values() if isinstance(path, str)]
    found = {
        each for path in (*(artifacts.get("paths") or ()), *reports) for each in top.glob(path.lstrip("/").rstrip("/"))
    }
    inside = {file for each in found if each.is_dir() for file in each.rglob("*")}
    return {each for each in found | inside if each.is_file()}
