"""Local replacements of GitHub's actions, which GitHub fetches and runs on its runners.

The checkout is the user's folder; tools are those that are installed; an image is built and scanned, and not pushed;
artifacts are folders. Every other action is reported as not run.
"""

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from stead.ops.ci import image_build, scanner
from stead.ops.ci.event import COMMIT
from stead.ops.ci.process import Outcome, masked
from stead.ops.ci.workspace import Workspace, pairs


@dataclass(frozen=True, slots=True)
class ActionStep:
    """One step that uses an action: its inputs, as texts, the combination of its job's matrix, and where it runs."""

    name: str
    combination: str
    uses: str
    inputs: Mapping[str, str]
    workspace: Workspace
    environment: Mapping[str, str]
    hidden: list[str]

    @property
    def action(self) -> str:
        return self.uses.partition("@")[0]

    def run(self, words: list[str]) -> Outcome:
        return masked(self.name, words, self.workspace.folder, self.environment, self.hidden)

    def ends(self, status: int | None, why: str) -> tuple[Outcome, dict[str, str]]:
        """Return the outcome, without outputs."""
        return Outcome(self.name, status, why), {}


Performed = tuple[Outcome, dict[str, str]]


def perform(step: ActionStep) -> Performed:
    """Run the local replacement of an action; return the outcome and the outputs."""
    if step.action in NOT_HERE:
        return step.ends(None, NOT_HERE[step.action])
    if step.action in PROGRAMS:
        return _installed(step)
    action = ACTIONS.get(step.action)
    return action(step) if action else step.ends(None, f"{step.uses or 'nothing'} is not run here")


def _installed(step: ActionStep) -> Performed:
    program, where = PROGRAMS[step.action]
    found = shutil.which(program)
    return step.ends(None, f"{found} is used") if found else step.ends(127, f"{program} is not installed: {where}")


def _build(step: ActionStep) -> Performed:
    """Build an image. The output `digest` is the image's ID: only a push to a registry creates a digest."""
    top, inputs = step.workspace.top, step.inputs
    lacks = image_build.missing()
    if lacks:
        return step.ends(127, lacks)
    context = (top / inputs.get("context", ".")).resolve()
    file = (top / inputs["file"]).resolve() if "file" in inputs else context / "Dockerfile"
    if not file.is_file():
        return step.ends(1, f"there is no {inputs.get('file', 'Dockerfile')}")
    name = re.sub(r"[^a-z0-9]+", "-", (step.combination or context.name).lower()).strip("-") or "image"
    tag = f"stead-ci/{name}:{COMMIT[:7]}"
    arguments = pairs(inputs.get("build-args", ""))
    source = image_build.ImageSource(tag, context, file, inputs.get("target", ""), arguments)
    plain = replace(step, environment={**step.environment, "COMPOSE_BAKE": "false"})  # which buildx would do
    outcome = plain.run(image_build.command(source, step.workspace.temporary))
    if outcome.status:
        return outcome, {}
    for word in inputs.get("outputs", "").split(","):
        if word.startswith("dest="):
            step.workspace.images[word.removeprefix("dest=")] = tag
    found = image_build.image_id(tag)
    pushed = ", and not pushed" if inputs.get("push") == "true" else ""
    why = f"{tag} is built{pushed}: {image_build.size(tag)}"
    return Outcome(step.name, 0, why), {"digest": found, "imageid": found}


def _scan(step: ActionStep) -> Performed:
    output = step.workspace.folder / step.inputs.get("output", "report.sarif")
    program = scanner.scanner()
    return _look(step, "scan", output, program, lambda file: scanner.scan_command(program, file, output, step.inputs))


def _list(step: ActionStep) -> Performed:
    output = step.workspace.folder / step.inputs.get("output-file", "sbom.spdx.json")
    program = scanner.lister()
    return _look(step, "sbom", output, program, lambda file: scanner.list_command(program, file, output))


def _look(step: ActionStep, kind: str, output: Path, program: str, command: Callable[[Path], list[str]]) -> Performed:
    """Save the image that a step names, and run a scanner on it."""
    if not program:
        return step.ends(127, scanner.lacking(kind))
    reference = step.inputs.get("image-ref") or step.inputs.get("image") or ""
    built = step.workspace.images.get(step.inputs.get("input", ""), "")
    image = built or image_build.image_id(reference.rpartition("@")[2])
    if not image:
        named = reference or step.inputs.get("input", "")
        return step.ends(1, f"this machine has no image {named}: build it in an earlier step")
    archive = step.workspace.temporary / "image.tar"
    wrong = image_build.save(image, archive)
    if wrong:
        return step.ends(1, wrong)
    outcome = step.run(command(archive))
    archive.unlink()
    if not output.is_file():
        return step.ends(outcome.status or 1, f"{program} wrote no report; {scanner.DATABASE}")
    return step.ends(outcome.status, f"{program}: {scanner.summary(output)}")


def _upload(step: ActionStep) -> Performed:
    name, path = step.inputs.get("name", "artifact"), step.inputs.get("path", "")
    if NO_NAME.search(name) or name in (".", ".."):
        return step.ends(1, f"{name!r} cannot be an artifact's name: it has one of / \\ : * ? < > |")
    number = step.workspace.keep(name, path)
    if number:
        return step.ends(0, f"{name}: {number} file{'' if number == 1 else 's'}")
    fails = step.inputs.get("if-no-files-found") == "error"
    return step.ends(1 if fails else 0, f"{path} does not exist")


def _download(step: ActionStep) -> Performed:
    pattern = step.inputs.get("name") or step.inputs.get("pattern") or "*"
    merge = "name" in step.inputs or step.inputs.get("merge-multiple") == "true"
    if step.workspace.fetch(pattern, step.inputs.get("path", "."), merge=merge):
        return step.ends(0, pattern)
    return step.ends(1, f"no artifact {pattern} here: first run the job that uploads it, both with --artifacts FOLDER")


NO_NAME = re.compile(r'[/\\:*?<>|"\r\n]|^$')
PROGRAMS = {
    "astral-sh/setup-uv": ("uv", "https://docs.astral.sh/uv/getting-started/installation/"),
    "actions/setup-node": ("node", "https://nodejs.org"),
    "actions/setup-python": ("python3", "https://www.python.org"),
    "actions/setup-java": ("java", "https://adoptium.net"),
}
NOT_HERE = {
    "actions/checkout": "the checkout is this folder",
    "docker/setup-buildx-action": "the builder of this machine is used",
    "docker/setup-qemu-action": "an image is built for this machine alone",
    "docker/login-action": "nothing is pushed from here",
    "actions/attest": "nothing is signed from here",
}
ACTIONS: dict[str, Callable[[ActionStep], Performed]] = {
    "docker/build-push-action": _build,
    "aquasecurity/trivy-action": _scan,
    "anchore/sbom-action": _list,
    "actions/upload-artifact": _upload,
    "actions/download-artifact": _download,
}
