"""The requirements of a ship; all missing ones are reported at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stead.ops.ship.error import NotReadyError
from stead.ops.ship.release import RESERVED
from stead.render.compose.context import ComposeContext
from stead.render.compose.process import image_variable
from stead.render.compose.secret import FOLDER as SECRETS
from stead.render.compose.secret import env_files as env_files_of
from stead.render.compose.secret import secrets
from stead.render.drift import differences
from stead.render.targets import generated

VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")  # what the tag of an image may be


def compose_files(context: ComposeContext) -> tuple[str, ...]:
    """Return the names of an environment's Compose files, in their order."""
    return ("compose.yaml", f"compose.{context.short}.yaml")


def env_file(context: ComposeContext, compose: Path) -> str:
    """Return the env file's name in the folder of the Compose files; empty when there is none, as dev allows."""
    name = f".env.{context.short}"
    return name if (compose / name).is_file() else ""


@dataclass(frozen=True, slots=True)
class Preflight:
    """What is shipped, and where.

    folder     of the backend.py; `compose` is that of the Compose files
    given      what the env file says
    images     the images of this version, by name, in place of the env file's
    """

    context: ComposeContext
    folder: Path
    compose: Path
    given: Mapping[str, str]
    images: Mapping[str, str]
    version: str

    @property
    def env_file(self) -> str:
        return env_file(self.context, self.compose)

    @property
    def files(self) -> tuple[str, ...]:
        return compose_files(self.context)

    @property
    def variables(self) -> dict[str, str]:
        """The version and the image of each name, which distinguish versions."""
        if self.context.is_dev:
            return {"VERSION": self.version}
        names = {name: image_variable(name).name for name in self.context.bases}
        found = {variable: self.images.get(name) or self.given.get(variable, "") for name, variable in names.items()}
        return {"VERSION": self.version, **{name: image for name, image in sorted(found.items()) if image}}

    def check(self) -> None:
        """Raise NotReadyError with all missing requirements."""
        found = list(self.missing())
        if found:
            raise NotReadyError("\n".join([f"{self.version} is not shipped:", *(f"  {each}" for each in found)]))

    def missing(self) -> Iterator[str]:
        """Yield each missing requirement with its remedy."""
        if not VERSION.fullmatch(self.version):
            yield f"--version {self.version!r} is not a version: letters, digits, dots, hyphens"
        if self.version in RESERVED:
            yield f"--version {self.version} is the name of a file in which ships are recorded: choose another"
        for each in differences(self.folder, generated(self.context.backend)):
            if each.state != "yours":
                yield f"{each}: stead render"
        yield from self._images()
        if not self.context.is_dev and not self.env_file:
            yield f"{self.compose / f'.env.{self.context.short}'} does not exist: copy it from its example"
        env_files = {f"{process.name}.env" for process in self.context.ready if env_files_of(self.context, process)}
        for name in sorted({*secrets(self.context), *env_files}):
            if not (self.compose / SECRETS / self.context.short / name).is_file():
                yield f"the secret {name} does not exist: stead render --secrets {self.context.environment.name}"

    def _images(self) -> Iterator[str]:
        for name in sorted(set(self.images) - set(self.context.bases)):
            yield f"--image {name}=…: no image has that name; the images are {', '.join(sorted(self.context.bases))}"
        if self.context.is_dev:
            return
        for name in sorted(self.context.bases):
            variable = image_variable(name).name
            if variable not in self.variables:
                mend = f"--image {name}=REGISTRY/NAME@sha256:…, or {variable} in .env.{self.context.short}"
                yield f"no image is given for {name}: {mend}"
