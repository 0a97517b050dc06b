"""Pipeline: the jobs of a forge for this backend, from a push to a tested deployment.

A backend without pipelines gets none. Each noun here is one forge; what they share is in `Pipeline`, so that both run
the same jobs under the same names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from stead.model.environment import Environment
from stead.model.gateway import Gateway
from stead.model.sequences import as_tuple
from stead.model.service import AnyService
from stead.model.source_location import SourceLocation, here

Part = Literal["dependabot", "renovate", "codeql", "commitlint", "labeler", "docs"]
TARGETS = ("compose", "kubernetes", "gitops", "workers")
TRIGGERS = ("push", "tag")
PARTS = ("dependabot", "renovate", "codeql", "commitlint", "labeler", "docs")
GITLAB_PARTS = ("renovate",)


@dataclass(frozen=True, eq=False)
class Deploy:
    """An environment that a pipeline ships to.

    environment  one of the backend's
    to           `compose`: a host that is reached by SSH; `kubernetes`: the cluster of `stead ship kubernetes`;
                 `gitops`: a commit of the digests on the default branch, which Argo CD or Flux brings into a cluster;
                 `workers`: Cloudflare
    on           `push`: each push to the default branch; `tag`: each release
    urls         where the gateway, and each service that is reached from outside, answers there: the smoke test asks
                 them for the version that was deployed
    """

    environment: Environment
    to: Literal["compose", "kubernetes", "gitops", "workers"] = "compose"
    on: Literal["push", "tag"] = "push"
    urls: Mapping[AnyService | Gateway, str] = field(default_factory=dict)
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)


@dataclass(frozen=True, eq=False)
class Artifacts:
    """Artifacts that are built once before the images, and passed to all of them: the jars of a Gradle build.

    command  run at the root of the project: `./gradlew build`
    paths    what it leaves there, as shell patterns: `backend-*/build/libs/*.jar`
    """

    command: str
    paths: Sequence[str]
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", as_tuple(self.paths))


@dataclass(frozen=True, eq=False)
class Pipeline:
    """The common fields of pipelines of all forges.

    deploys      the environments that it ships to, in this order
    checks       commands that the check job runs after Stead's own, at the root of the project: tests, linters
    artifacts    what is built once, before the images
    platforms    what the images are built for
    branch       the default branch
    project      the path of the project's folder inside its repository, where the project is not the whole repository
    pin_days     the age, in days, at which the pins of actions and tools are a finding of the check
    """

    deploys: Sequence[Deploy] = ()
    checks: Sequence[str] = ()
    artifacts: Artifacts | None = None
    platforms: Sequence[str] = ("linux/amd64",)
    branch: str = "main"
    project: str = "."
    pin_days: int = 180
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        for name in ("deploys", "checks", "platforms"):
            object.__setattr__(self, name, as_tuple(getattr(self, name)))


@dataclass(frozen=True, eq=False)
class Github(Pipeline):
    """GitHub Actions.

    file   the name of the workflow's file; left out: `<backend>-ci.yml`
    parts  what else is written below `.github/`, once for a repository: `dependabot` or `renovate`, which keep pins
           and packages young, a week after they came out; `codeql`, `commitlint`, `labeler`, `docs`
    """

    file: str = ""
    parts: Sequence[Part] = ()

    def __post_init__(self) -> None:
        Pipeline.__post_init__(self)
        object.__setattr__(self, "parts", as_tuple(self.parts))


@dataclass(frozen=True, eq=False)
class Gitlab(Pipeline):
    """GitLab CI: a file for each stage below `.gitlab/ci/<backend>/`, which `.gitlab-ci.yml` includes.

    parts  what else is written below `.gitlab/`, once for a repository: `renovate`, which keeps pins and packages young
    tags   the tags of the runners for what pushes, signs and ships: those that no branch's job runs on
    """

    parts: Sequence[Literal["renovate"]] = ()
    tags: Sequence[str] = ()

    def __post_init__(self) -> None:
        Pipeline.__post_init__(self)
        for name in ("parts", "tags"):
            object.__setattr__(self, name, as_tuple(getattr(self, name)))
