"""The facts of a backend that its pipelines need, with paths as the repository's top sees them."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from stead.model import AnyService, Backend, Deploy, Environment, Job, Pipeline
from stead.model.pipeline_validation import builds_images
from stead.render.docker import FOLDER as DOCKER
from stead.render.docker import dockerfiles
from stead.render.docker.image_kind import built, image_of, kind_of, repository
from stead.render.drift import FOLDER
from stead.render.repository import repository_root

GITHUB_REGISTRY = "ghcr.io"
TIMEOUT = 900  # seconds in which a cluster takes a commit over
GITLAB_REGISTRY = "registry.gitlab.com"


@dataclass(frozen=True, slots=True)
class ImageBuild:
    """One image: its name in the backend, where it is pushed to, and what it is built from.

    target and arguments are those of a `Build`: of a Dockerfile of the user's own, which is not rendered.
    """

    name: str
    repository: str
    dockerfile: str
    context: str
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    is_rendered: bool = True


@dataclass(frozen=True, eq=False)
class PipelineContext:
    """A backend, and one of its pipelines."""

    backend: Backend
    pipeline: Pipeline

    @property
    def name(self) -> str:
        return self.backend.name

    @property
    def path(self) -> str:
        """The backend's folder in the project, which is where jobs run."""
        return posixpath.normpath(self.backend.folder)

    @property
    def in_repository(self) -> str:
        """The backend's folder from the repository's top."""
        return posixpath.dirname(repository_root(self.backend).source) or "."

    @property
    def project(self) -> str:
        return posixpath.normpath(self.pipeline.project)

    @property
    def registry_host(self) -> str:
        return self.backend.registry.partition("/")[0]

    @property
    def builds(self) -> bool:
        """Whether images are built at all."""
        return builds_images(self.pipeline) and bool(self.images)

    @cached_property
    def images(self) -> tuple[ImageBuild, ...]:
        """Every image that is built of this backend, sorted by name."""
        if not builds_images(self.pipeline):
            return ()
        folder = posixpath.join(self.in_repository, FOLDER, DOCKER)
        found = (
            ImageBuild(
                file.name,
                repository(self.backend, file.name),
                posixpath.normpath(f"{folder}/{file.name}.Dockerfile"),
                self.project,
            )
            for file in dockerfiles(self.backend)
        )
        return tuple(sorted((*found, *self._own_builds()), key=lambda image: image.name))

    def _own_builds(self) -> Iterator[ImageBuild]:
        for name, process in built(self.backend).items():
            build = process.build_spec
            if build is not None:
                folder = posixpath.normpath(posixpath.join(self.in_repository, str(build.context)))
                file = posixpath.normpath(posixpath.join(folder, build.dockerfile))
                where = repository(self.backend, name)
                yield ImageBuild(name, where, file, folder, build.target, build.args, is_rendered=False)

    @property
    def has_own_builds(self) -> bool:
        """Whether an image is built by a Dockerfile of the user's own, each of which has a folder that it sees."""
        return any(not image.is_rendered for image in self.images)

    @cached_property
    def watched(self) -> tuple[str, ...]:
        """The paths of this backend, relative to the repository's top: files, folders, patterns.

        An image depends only on the paths in its build context.
        """
        patterns = [line[1:] for file in dockerfiles(self.backend) for line in file.ignore if line.startswith("!")]
        made = self.pipeline.artifacts
        outside = [path for path in made.paths if not path.startswith(f"{self.path}/")] if made else []
        parts = [path.partition("/")[0] for path in outside]
        words = [posixpath.normpath(posixpath.join(self.project, each)) for each in (*patterns, *parts)]
        own = [image.context for image in self.images if not image.is_rendered]
        found = sorted({self.in_repository, *words, *own})
        return tuple(path for path in found if not any(path.startswith(f"{other}/") for other in found))

    @cached_property
    def accounts(self) -> tuple[tuple[str, str], ...]:
        """Every service and job with its image, or the reason why it has none."""
        processes: tuple[AnyService | Job, ...] = (*self.backend.services, *self.backend.jobs)
        return tuple((process.name, self._account(process)) for process in processes)

    def _account(self, process: AnyService | Job) -> str:
        if kind_of(process) == "image":
            return f"runs the third-party image {process.image}"
        if not self.builds:
            return "is shipped from its source"
        return f"is built into {repository(self.backend, image_of(process))}"

    def deploys(self, on: str) -> Iterator[Deploy]:
        """Yield the deploys of a push, or of a tag, in order."""
        return (deploy for deploy in self.pipeline.deploys if deploy.on == on)

    def earlier(self, deploy: Deploy) -> Environment | None:
        """Return the environment that is shipped to before this one by the same event."""
        same = [each.environment for each in self.deploys(deploy.on)]
        place = same.index(deploy.environment)
        return same[place - 1] if place else None

    def smoke_words(self, deploy: Deploy) -> str:
        """Return the options of `stead smoke` with URLs and a timeout."""
        urls = [f"--url {process.name}={url}" for process, url in deploy.urls.items()]
        return " ".join([*urls, *([f"--timeout {TIMEOUT}"] if deploy.to == "gitops" else [])])

    def main_url(self, deploy: Deploy) -> str:
        """Return the environment's URL for people; empty when the description has none."""
        gateway = self.backend.gateway
        found = [url for process, url in deploy.urls.items() if process is gateway]
        return found[0] if found else next(iter(deploy.urls.values()), "")
