"""The secrets, variables and environment protections that pipelines need; a person sets them at the forge."""

from collections.abc import Iterator
from dataclasses import dataclass

from stead.model import Backend, Github
from stead.ops.ci.plan import context_of
from stead.render.pipeline.context import GITHUB_REGISTRY, GITLAB_REGISTRY, PipelineContext
from stead.render.pipeline.requirement import IMAGES, Requirement, requirements

BOTH = ("push", "tag")
GITHUB_RULE = (
    "gh api --method PUT 'repos/{{owner}}/{{repo}}/environments/{}' "
    "-F 'deployment_branch_policy[protected_branches]=false'"
    " -F 'deployment_branch_policy[custom_branch_policies]=true'"
)
GITHUB_REFERENCE = (
    "gh api --method POST 'repos/{{owner}}/{{repo}}/environments/{}/deployment-branch-policies' -f 'name={}' -f type={}"
)
GITLAB_RULE = (
    "glab api --method POST projects/:id/protected_environments -f name={} -F 'deploy_access_levels[][access_level]=40'"
)


@dataclass(frozen=True, slots=True)
class SecretTarget:
    """One value, its forge, and the command that sets it."""

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


@dataclass(frozen=True, slots=True)
class Protection:
    """One environment of a forge, and the commands that restrict who may ship to it."""

    forge: str
    environment: str
    commands: tuple[str, ...]


def protections(backend: Backend) -> Iterator[Protection]:
    """Yield every environment that a pipeline ships to or whose secrets it reads."""
    for pipeline in backend.pipelines:
        events = {deploy.environment.name: (deploy.on,) for deploy in pipeline.deploys}
        if isinstance(pipeline, Github):
            needed = requirements(PipelineContext(backend, pipeline), GITHUB_REGISTRY)
            for name in dict.fromkeys([*events, *(each.environment for each in needed)]):
                yield Protection("GitHub", name, tuple(_github_rule(name, pipeline.branch, events.get(name, BOTH))))
        else:
            for name in events:
                yield Protection("GitLab", name, (GITLAB_RULE.format(name),))


def _github_rule(name: str, branch: str, events: tuple[str, ...]) -> Iterator[str]:
    yield GITHUB_RULE.format(name)
    if "push" in events:
        yield GITHUB_REFERENCE.format(name, branch, "branch")
    if "tag" in events:
        yield GITHUB_REFERENCE.format(name, "v*", "tag")


def _of_github(each: Requirement) -> str:
    """Return the command, which prompts for the value: an argument would stay in the shell's history."""
    return f"gh {'secret' if each.secret else 'variable'} set {each.name} --env {each.environment}"


def _of_gitlab(each: Requirement) -> str:
    hidden = " --masked --hidden" if each.secret else ""
    scope = "'*'" if each.environment == IMAGES else each.environment
    return f"glab variable set {each.name} --protected{hidden} --scope {scope} < FILE"
