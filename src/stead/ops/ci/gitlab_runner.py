"""Run a job of GitLab's on this machine: by gitlab-ci-local where it is installed, else its script in one shell.

gitlab-ci-local copies the checkout with rsync, and is used where both are there. Without it, what a job installs into
its image is not run, since it would be installed here.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stead.ops.ci.event import COMMIT, Event
from stead.ops.ci.process import PASSED_ON, Outcome, masked

INSTALLS = ("pip install ", "apt-get install ", "apk add ")


def run(name: str, job: Mapping[str, Any], event: Event, top: Path, secrets: Mapping[str, str]) -> Iterator[Outcome]:
    """Run a job for an event in a checkout."""
    variables = {name: str(value) for name, value in (job.get("variables") or {}).items()}
    given = event.gitlab() | {"CI_COMMIT_SHA": COMMIT, "CI_COMMIT_SHORT_SHA": COMMIT[:8], **variables}
    hidden = tuple(secrets.values())
    base = {each: os.environ[each] for each in PASSED_ON if each in os.environ}
    program = shutil.which("gitlab-ci-local")
    if program and shutil.which("rsync"):
        with tempfile.TemporaryDirectory(prefix="stead-ci-") as home:
            _write_secrets(Path(home), secrets)
            words = [program, "--cwd", str(top), "--home", home, "--force-shell-executor", *_variables(given), name]
            yield masked(name, words, top, base, hidden)
        return
    script = [str(line) for line in job["script"]]
    for line in script:
        if line.startswith(INSTALLS):
            yield Outcome(line, None, "it installs into the job's image")
    text = "\n".join(line for line in script if not line.startswith(INSTALLS))
    environment = base | {"CI": "true", "GITLAB_CI": "true", "CI_PROJECT_DIR": str(top)} | given | dict(secrets)
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    yield masked(name, words, top, environment, hidden)


def _write_secrets(home: Path, secrets: Mapping[str, str]) -> None:
    """Write secrets where gitlab-ci-local reads them: on a command line, everybody on this machine would."""
    folder = home / ".gitlab-ci-local"
    folder.mkdir()
    (folder / "variables.yml").write_text(json.dumps({"global": dict(secrets)}))


def _variables(given: Mapping[str, str]) -> Iterator[str]:
    for name, value in given.items():
        yield from ("--variable", f"{name}={value}")
