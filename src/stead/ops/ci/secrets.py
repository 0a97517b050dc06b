"""What the pipelines of a backend need that no file may hold, and where a person sets it."""

from collections.abc import Iterator
from dataclasses import dataclass

from stead.model import Backend, Github
from stead.ops.ci.plan import context_of
from stead.render.pipeline.context import GITHUB_REGISTRY, GITLAB_REGISTRY, PipelineContext
from stead.render.pipeline.requirement import Requirement, requirements


@dataclass(frozen=True, slots=True)
class SecretTarget:
    """One value, the forge that wants it, and the command that sets it."""

    forge: str
    requirement: Requirement
    command: str


def places(backend: Backend) -> Iterator[SecretTarget]:
    """Yield every value, in the order of the pipelines; SteadError when the backend has none."""
    context_of(backend)
    for pipeline in backend.pipelines:
        github = isinstance(pipeline, Github)
        own = GITHUB_REGISTRY if github else GITLAB_REGISTRY
        for each in requirements(PipelineContext(backend, pipeline), own):
            yield SecretTarget("GitHub" if github else "GitLab", each, _of_github(each) if github else _of_gitlab(each))


def _of_github(each: Requirement) -> str:
    """Return the command, which asks for the value: on a command line it would stay in the shell's history."""
    return f"gh {'secret' if each.secret else 'variable'} set {each.name} --env {each.environment}"


def _of_gitlab(each: Requirement) -> str:
    hidden = " --masked --hidden" if each.secret else ""
    scope = "'*'" if each.environment == "images" else each.environment
    return f"glab variable set {each.name} --protected{hidden} --scope {scope} < FILE"
