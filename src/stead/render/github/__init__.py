"""Render the workflows of GitHub Actions, at the repository's top, where GitHub reads them.

Only for a backend with `pipelines=[Github(…)]`. It has no promises of its own: the target of a deploy keeps them.
"""

from collections.abc import Iterator, Mapping, Sequence

from stead.model import Backend, Github, Problem
from stead.render.edit import edited
from stead.render.github import parts
from stead.render.github.jobs import jobs
from stead.render.github.steps import workflow_path
from stead.render.github.workflow import Job, Step, Workflow, text
from stead.render.pipeline.context import PipelineContext

__all__ = ["EDITABLE", "Job", "Step", "Workflow", "files", "problems", "workflows"]

EDITABLE = (Workflow,)
VERSIONS = "v[0-9]+.[0-9]+.[0-9]+"


def files(backend: Backend) -> Mapping[str, str]:
    """Return the files, by their path below the repository's top."""
    found = {workflow_path(each.file): text(edited(backend, each)) for each in workflows(backend)}
    for pipeline in _pipelines(backend):
        found |= parts.files(PipelineContext(backend, pipeline), pipeline)
    return found


def problems(_backend: Backend) -> Sequence[Problem]:
    """Return nothing: the description's own rules refuse what a workflow cannot express."""
    return []


def workflows(backend: Backend) -> Iterator[Workflow]:
    """Yield the workflows of a backend, before its edits."""
    for pipeline in _pipelines(backend):
        context = PipelineContext(backend, pipeline)
        yield workflow(context, pipeline)
        yield from parts.workflows(context, pipeline)


def workflow(context: PipelineContext, pipeline: Github) -> Workflow:
    """Return the workflow that goes from a push to a deployment."""
    file = pipeline.file or f"{context.name}-ci.yml"
    branches = [pipeline.branch]
    triggers = {"pull_request": {"branches": branches}, "push": {"branches": branches, "tags": [VERSIONS]}}
    return Workflow(
        file,
        context.name,
        triggers,
        jobs(context, file),
        concurrency=f"{context.name}-{file}-${{{{ github.ref }}}}",
        cancels="${{ github.event_name == 'pull_request' }}",
    )


def _pipelines(backend: Backend) -> tuple[Github, ...]:
    return tuple(each for each in backend.pipelines if isinstance(each, Github))
