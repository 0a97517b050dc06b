"""A release of a backend in an environment: a version, and each image's digest.

It is a file beside the description, `deploy/releases/<environment>.json`, which every ship writes and commits. The
manifests are rendered from both, so that they name images by digest, and a rollback is an earlier commit.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stead.model import Backend, Environment, Problem, SourceLocation
from stead.render.docker.image_kind import repository
from stead.render.problem import RenderError

FOLDER = "releases"
NOTHING = "sha256:" + "0" * 64  # no image has it, so nothing is started by mistake before the first release
UNRELEASED = "unreleased"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Release:
    """A version, and by image's name its digest."""

    version: str = UNRELEASED
    images: Mapping[str, str] = field(default_factory=dict)

    def image(self, backend: Backend, name: str) -> str:
        """Return an image by digest."""
        return f"{repository(backend, name)}@{self.images.get(name, NOTHING)}"


def path(environment: Environment) -> str:
    """Return the file's path below `deploy/`."""
    return f"{FOLDER}/{environment.name}.json"


def read(backend: Backend, environment: Environment) -> Release:
    """Return the shipped release; RenderError when the file is malformed."""
    file = Path(backend.where.file).parent / "deploy" / path(environment)
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return Release()
    return parsed(text, SourceLocation(str(file), 1))


def parsed(text: str, where: SourceLocation) -> Release:
    """Parse a release."""
    try:
        found = json.loads(text)
        release = Release(str(found["version"]), dict(found["images"]))
    except (ValueError, KeyError, TypeError) as error:
        raise _broken(f"this is not a release: {error}", where) from error
    wrong = sorted(name for name, digest in release.images.items() if not DIGEST.fullmatch(str(digest)))
    if wrong:
        raise _broken(f"{', '.join(wrong)} has no digest", where)
    return release


def text(release: Release) -> str:
    """Return the file text of a release."""
    data = {"version": release.version, "images": dict(sorted(release.images.items()))}
    return json.dumps(data, indent=2) + "\n"


def _broken(message: str, where: SourceLocation) -> RenderError:
    mend = 'write {"version": "…", "images": {"python": "sha256:…"}}, or delete the file: shipping writes it'
    return RenderError([Problem("KUBERNETES010", message, where, mend)])
