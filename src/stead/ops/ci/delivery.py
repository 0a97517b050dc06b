"""A delivery: one version with its commit and the digests of its images, for one environment of a description."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stead.model import Backend, Deploy, SteadError
from stead.render.pipeline.context import PipelineContext


@dataclass(frozen=True, slots=True)
class Delivery:
    """One version with its commit and the digests of its images, for one environment."""

    context: PipelineContext
    deploy: Deploy
    version: str
    revision: str
    images: Mapping[str, str]

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments of `stead ship`."""
        chosen = tuple(word for name, image in sorted(self.images.items()) for word in ("--image", f"{name}={image}"))
        environment = self.deploy.environment.name
        return (
            "ship", self.deploy.to, self.context.path, "--env", environment, "--version", self.version, *chosen
        )  # fmt: skip


def delivery_of(backend: Backend, environment: str, version: str, revision: str, folder: Path | None) -> Delivery:
    """Return the delivery; SteadError when no pipeline ships to the environment, or a digest is missing."""
    for pipeline in backend.pipelines:
        for deploy in pipeline.deploys:
            if deploy.environment.name == environment:
                context = PipelineContext(backend, pipeline)
                return Delivery(context, deploy, version, revision, _images(context, deploy, folder))
    names = [deploy.environment.name for pipeline in backend.pipelines for deploy in pipeline.deploys]
    raise SteadError(
        f"no pipeline of {backend.name} ships to {environment}"
        + (f"; it ships to {', '.join(dict.fromkeys(names))}" if names else "; add deploys=[Deploy(…)] to one")
    )


def _images(context: PipelineContext, deploy: Deploy, folder: Path | None) -> dict[str, str]:
    """Read the digests that the images job wrote, one file per image; SteadError when one is missing."""
    if deploy.to == "workers" or not context.builds:
        return {}
    if folder is None:
        raise SteadError("name the folder with the digests of the images: --images digests")
    files = {image.name: folder / image.name for image in context.images}
    absent = [name for name, file in files.items() if not file.is_file()]
    if absent:
        raise SteadError(f"{folder} has no digest of {', '.join(absent)}: the images job did not push it")
    found = {name: file.read_text().strip() for name, file in files.items()}
    wrong = [name for name, image in found.items() if "@sha256:" not in image]
    if wrong:
        raise SteadError(f"{folder} has no digest in the file of {', '.join(wrong)}: expected NAME@sha256:…")
    return found
