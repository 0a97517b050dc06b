"""Build the image of a job on this machine, where a Docker daemon answers; nothing is pushed.

By buildx where Docker has it, else by Compose, which brings BuildKit's client itself: the rendered Dockerfiles need
BuildKit. As with Compose, a build argument in the environment replaces its base image.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

DOCKER = "docker is not installed: https://docs.docker.com/engine/install/"
BUILDER = "neither docker buildx nor docker compose is installed: https://docs.docker.com/build/install-buildx/"
ARGUMENT = re.compile(r"ARG\s+([A-Za-z_]\w*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ImageSource:
    """The inputs of a build. Paths are absolute; `tag` is the image's name on this machine."""

    tag: str
    context: Path
    dockerfile: Path
    target: str
    arguments: Mapping[str, str]


def missing() -> str:
    """Return the missing requirement of a build, with its source; empty when nothing is missing."""
    if shutil.which("docker") is None:
        return DOCKER
    done = _docker("version", "--format", "{{.Server.Version}}")
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["docker version printed nothing"])[-1]
        return f"no Docker daemon answers: {why}"
    return "" if _has("buildx") or _has("compose") else BUILDER


def command(source: ImageSource, temporary: Path) -> list[str]:
    """Return the command that builds an image."""
    arguments = dict(source.arguments) | dict(_bases(source.dockerfile))
    if _has("buildx"):
        given = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
        target = ["--target", source.target] if source.target else []
        words = ["docker", "buildx", "build", "--load", "--progress", "plain", "--tag", source.tag, *given, *target]
        return [*words, "--file", str(source.dockerfile), str(source.context)]
    file = temporary / "build.json"
    build: dict[str, object] = {"context": str(source.context), "dockerfile": str(source.dockerfile)}
    build |= {"args": arguments} | ({"target": source.target} if source.target else {})
    text = json.dumps({"services": {"image": {"image": source.tag, "build": build}}})
    file.write_text(text.replace("$", "$$"))
    return ["docker", "compose", "--project-name", "stead-ci", "--progress", "plain", "--file", str(file), "build"]


def image_id(reference: str) -> str:
    """Return the ID of a local image; empty when there is none of that name."""
    done = _docker("image", "inspect", "--format", "{{.Id}}", reference)
    return done.stdout.strip() if done.returncode == 0 else ""


def size(reference: str) -> str:
    """Return the size of an image as readable text."""
    done = _docker("image", "inspect", "--format", "{{.Size}}", reference)
    return f"{int(done.stdout) / 1e6:.1f} MB"


def save(reference: str, file: Path) -> str:
    """Write an image to a file; return the error, or an empty text."""
    done = _docker("image", "save", "--output", str(file), reference)
    return done.stderr.strip()


def _bases(dockerfile: Path) -> Iterator[tuple[str, str]]:
    """Yield the build arguments of base images that the environment sets."""
    for line in dockerfile.read_text(errors="replace").splitlines():
        if line.upper().startswith("FROM "):
            return
        found = ARGUMENT.match(line)
        if found and os.environ.get(found[1]):
            yield found[1], os.environ[found[1]]


def _has(plugin: str) -> bool:
    return _docker(plugin, "version").returncode == 0


def _docker(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *words], capture_output=True, text=True, errors="replace", check=False)
