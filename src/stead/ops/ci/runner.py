"""Run a job of GitHub on this machine, step by step, as a runner would.

Scripts run in the user's folder; `actions` has the replacements of actions. A script that publishes is not run: a test
has no effects outside. Secrets come from files, and are masked in the output of scripts, as on a runner.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stead.model import SteadError
from stead.ops.ci.actions import ActionStep, perform
from stead.ops.ci.event import Event
from stead.ops.ci.expression import ExpressionError, as_text, condition, rendered
from stead.ops.ci.matrix import title
from stead.ops.ci.process import PASSED_ON, Outcome, hide, masked
from stead.ops.ci.workspace import FILES, Workspace, pairs

WORDS = r"\b(?:\\\n|[^\n;&|])*?\s"  # options may stand between a program and what it does, also on continued lines
PUBLISHES = re.compile(
    rf"\b(?:(?:docker|podman|buildah|skopeo|git|helm|oras){WORDS}(?:--)?push\b(?!=false)|imagetools\s+create|push=true"
    rf"|gh\s+(?:release|attestation|label|pr|issue|api)|cosign\s+(?:sign|attest|verify)"
    rf"|(?:npm|yarn|pnpm|uv|cargo|poetry){WORDS}publish\b|twine{WORDS}upload\b|stead\s+(?:ci\s+deploy|ship)"
    rf"|wrangler{WORDS}deploy\b|kubectl{WORDS}(?:apply|rollout|set)\b|helm{WORDS}(?:upgrade|install)\b"
    rf"|terraform{WORDS}apply\b)"
)
NOT_PUBLISHED = "it publishes, signs or ships; a test does not"
NAMES = (
    "sha", "ref", "ref_name", "ref_type", "event_name", "actor", "repository", "server_url", "base_ref", "head_ref"
)  # fmt: skip
SHELLS = {"sh": ("sh", "-e", "-c"), "python": ("python3", "-c")}
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")


@dataclass(frozen=True, slots=True)
class Trial:
    """The inputs of a job.

    needs      what the jobs before it would have left
    top        the checkout
    secrets    by name
    artifacts  the folder of what jobs leave for one another; None: it is removed with the run
    """

    event: Event
    needs: Mapping[str, Any]
    top: Path
    secrets: Mapping[str, str] = field(default_factory=dict)
    artifacts: Path | None = None


def run(
    job: Mapping[str, Any], trial: Trial, combination: Mapping[str, Any], environment: Mapping[str, Any] | None = None
) -> Iterator[Outcome]:
    """Run one combination of a job; after a failure only the steps whose condition allows it run."""
    if "uses" in job:
        yield Outcome(str(job["uses"]), None, "a job of another workflow is not run here")
        return
    failed = False
    with tempfile.TemporaryDirectory(prefix="stead-ci-") as temporary:
        artifacts = trial.artifacts or Path(temporary) / "artifacts"
        runner = _Runner(job, trial, combination, Workspace(trial.top, Path(temporary), artifacts), environment or {})
        for number, step in enumerate(job.get("steps") or (), start=1):
            outcome = _stepped(runner, number, step, failed=failed)
            failed = failed or bool(outcome.status)
            yield outcome


def _stepped(runner: "_Runner", number: int, step: Any, *, failed: bool) -> Outcome:
    """Run one step; SteadError when the workflow is malformed."""
    if not isinstance(step, Mapping) or not isinstance(step.get("with") or {}, Mapping):
        raise SteadError(f"step {number} is not a step of a job: give it run: or uses:, and inputs below with:")
    try:
        return runner.step(number, step, failed=failed)
    except ExpressionError as error:
        raise SteadError(f"step {number}, {step.get('name') or 'without a name'}: {error}") from None


class _Runner:
    """The state of a running job that its steps pass on."""

    def __init__(
        self,
        job: Mapping[str, Any],
        trial: Trial,
        combination: Mapping[str, Any],
        workspace: Workspace,
        environment: Mapping[str, Any],
    ) -> None:
        self._job, self._trial, self._workspace = job, trial, workspace
        self._combination = title(combination)
        self._hidden = list(trial.secrets.values())
        self._given: dict[str, Any] = {
            "github": trial.event.github(),
            "needs": trial.needs,
            "steps": {},
            "env": {},
            "secrets": trial.secrets,
            "vars": {},
            "matrix": combination,
            "runner": {"os": "Linux", "arch": "X64", "temp": str(workspace.temporary)},
        }
        for each in (environment, job.get("env") or {}):
            self._given["env"] |= self._rendered(each)
        self._base = _base(trial.event, workspace)

    def step(self, number: int, step: Mapping[str, Any], *, failed: bool) -> Outcome:
        """Run one step, unless its condition is false."""
        name = rendered(str(step.get("name") or step.get("uses") or f"step {number}"), self._given)
        name = hide(f"{name} ({self._combination})" if self._combination else name, self._hidden)
        if not condition(str(step.get("if", "")), self._given, failed=failed):
            return Outcome(name, None, "its condition is false")
        if "run" in step:
            outcome, outputs = self._script(name, step)
        else:
            inputs, uses = self._rendered(step.get("with") or {}), str(step.get("uses", ""))
            tools = os.environ | self._base  # a scanner's or Docker's own settings are not the job's
            outcome, outputs = perform(
                ActionStep(name, self._combination, uses, inputs, self._workspace, tools, self._hidden)
            )
        conclusion = "failure" if outcome.status else "success"
        done = {"outputs": outputs, "outcome": conclusion, "conclusion": conclusion}
        self._given["steps"][str(step.get("id", number))] = done
        return (
            Outcome(name, 0, f"status {outcome.status}, which continue-on-error allows")
            if _may_fail(step, outcome)
            else outcome
        )

    def _script(self, name: str, step: Mapping[str, Any]) -> tuple[Outcome, dict[str, str]]:
        """Run a script; return the outcome and the outputs that it wrote."""
        script = rendered(str(step["run"]), self._given)
        shell = SHELLS.get(str(step.get("shell", "bash")), BASH)
        missing = _missing(script) if shell is BASH else ""
        if PUBLISHES.search(script):
            return Outcome(name, None, NOT_PUBLISHED), {}
        if missing:
            return Outcome(name, 127, f"{missing} is not installed here"), {}
        own = self._rendered(step.get("env") or {})
        environment = self._base | self._given["env"] | own
        defaults = (self._job.get("defaults") or {}).get("run") or {}
        place = self._trial.top / str(step.get("working-directory") or defaults.get("working-directory") or ".")
        if not place.is_dir():
            return Outcome(name, 1, f"its working-directory does not exist: {place}"), {}
        self._workspace.file("GITHUB_OUTPUT").write_text("")
        outcome = masked(name, [*shell, script], place, environment, self._hidden)
        self._take_over()
        return outcome, pairs(self._workspace.file("GITHUB_OUTPUT").read_text(errors="replace"))

    def _take_over(self) -> None:
        """Pass the variables and the paths that a script has written to later steps."""
        self._given["env"] |= pairs(self._workspace.file("GITHUB_ENV").read_text(errors="replace"))
        paths = self._workspace.file("GITHUB_PATH").read_text(errors="replace").splitlines()
        if paths:
            self._base["PATH"] = os.pathsep.join([*reversed(paths), os.environ.get("PATH", "")])

    def _rendered(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {name: rendered(as_text(value), self._given) for name, value in values.items()}


def _base(event: Event, workspace: Workspace) -> dict[str, str]:
    """Return the environment of every script."""
    github = event.github()
    described = workspace.file("event.json")
    described.write_text(json.dumps(github["event"]))
    found = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    found |= {f"GITHUB_{name.upper()}": str(github[name]) for name in NAMES}
    found |= {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(workspace.folder)}
    found |= {"GITHUB_EVENT_PATH": str(described), "RUNNER_TEMP": str(workspace.temporary), "RUNNER_OS": "Linux"}
    return found | {name: str(workspace.file(name)) for name in FILES}


def _may_fail(step: Mapping[str, Any], outcome: Outcome) -> bool:
    return bool(outcome.status) and step.get("continue-on-error") is True


def secrets_of(folder: Path | None) -> dict[str, str]:
    """Return the secrets of a folder: one file per secret, named after it."""
    if folder is None:
        return {}
    if not folder.is_dir():
        raise SteadError(f"{folder} is not a folder: create one with a file per secret, named after the secret")
    try:
        return {file.name: file.read_text().strip("\n") for file in sorted(folder.iterdir()) if file.is_file()}
    except (OSError, UnicodeDecodeError) as error:
        raise SteadError(f"a secret in {folder} cannot be read as text: {type(error).__name__}") from None


def _missing(script: str) -> str:
    """Return the program that a script starts with, if it is not installed."""
    first = (script.split() or [""])[0]
    plain = first.isidentifier() and first not in ("if", "for", "while", "set", "test", "exit", "echo", "cd", "export")
    return first if plain and shutil.which(first) is None else ""
