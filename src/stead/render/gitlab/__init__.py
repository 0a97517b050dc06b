"""Render the pipelines of GitLab CI, at the repository's top, where GitLab reads them.

Each backend has a component for each stage, `.gitlab/ci/<backend>/<stage>.yml`; `.gitlab-ci.yml`, the same for all
backends, includes them all. Another project can include single stages.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from stead.model import Backend, Gitlab, Problem
from stead.render import renovate
from stead.render.edit import edited
from stead.render.gitlab.jobs import jobs
from stead.render.gitlab.pipeline import DEFAULT_BRANCH, MERGE_REQUEST, RELEASE, GitlabJob, GitlabPipeline, Rule, text
from stead.render.pipeline.context import PipelineContext
from stead.render.yaml import written

__all__ = ["EDITABLE", "ENTRY", "GitlabJob", "GitlabPipeline", "Rule", "files", "pipelines", "problems"]

EDITABLE = (GitlabPipeline,)
ENTRY = ".gitlab-ci.yml"
FOLDER = ".gitlab/ci"
MISSING_PROGRAM = {"workers": "wrangler", "kubernetes": "kubectl"}
MENDS = {
    "workers": "let Github(…) ship it, or run stead ship workers from a machine that has wrangler",
    "kubernetes": "write to='gitops', or let Github(…) ship it",
}
STAGES = ("plan", "check", "build", "attest", "deploy", "smoke", "release")


def files(backend: Backend) -> Mapping[str, str]:
    """Return the files, by their path below the repository's top."""
    found = {each.file: text(edited(backend, each)) for each in pipelines(backend)}
    found |= {ENTRY: entry()} if found else {}
    for pipeline in _pipelines(backend):
        found |= renovate.files(pipeline, ".gitlab")
    return found


def problems(backend: Backend) -> Sequence[Problem]:
    """Return the deploys that no image of a job has the programs for, and arguments that a script cannot take."""
    return [*_lacking(backend), *_blanks(backend)]


def _blanks(backend: Backend) -> Iterator[Problem]:
    """Yield build arguments with a blank in their value: a script splits them at blanks."""
    for pipeline in _pipelines(backend):
        for image in PipelineContext(backend, pipeline).images:
            for name, value in image.arguments.items():
                if not value or re.search(r"[\s*?\[$]", value):
                    message = f"the build argument {name} of {image.name} is {value!r}, which a job cannot pass"
                    mend = f"write it without blanks, *, ?, [ and $, or give {name} a default in {image.dockerfile}"
                    yield Problem("GITLAB002", message, pipeline.where, mend)


def _lacking(backend: Backend) -> Iterator[Problem]:
    for pipeline in _pipelines(backend):
        for deploy in pipeline.deploys:
            lacks = MISSING_PROGRAM.get(deploy.to)
            if lacks:
                message = f"GitLab ships {deploy.environment.name} to {deploy.to}, but its job has no {lacks}"
                yield Problem("GITLAB001", message, deploy.where, MENDS[deploy.to])


def pipelines(backend: Backend) -> Iterator[GitlabPipeline]:
    """Yield the file of each stage of a backend that has jobs, before its edits."""
    for pipeline in _pipelines(backend):
        made = jobs(PipelineContext(backend, pipeline))
        found = [replace(job, tags=tuple(pipeline.tags)) if job.is_protected else job for job in made]
        for stage in STAGES:
            in_stage = tuple(job for job in found if job.stage == stage)
            if in_stage:
                yield GitlabPipeline(f"{FOLDER}/{backend.name}/{stage}.yml", in_stage)


def _pipelines(backend: Backend) -> Iterator[Gitlab]:
    return (each for each in backend.pipelines if isinstance(each, Gitlab))


def entry() -> str:
    """Return what GitLab reads first: one pipeline for a commit, the stages, and the files of all backends."""
    # A new pipeline cancels what runs for an earlier commit, whose change it may not know of: it does for reviews only.
    auto_cancel = {"auto_cancel": {"on_new_commit": "none"}}
    rules = [{"if": MERGE_REQUEST}, *({"if": each, **auto_cancel} for each in (DEFAULT_BRANCH, RELEASE))]
    return written(
        {
            "workflow": {"rules": rules},
            "stages": list(STAGES),
            "default": {"interruptible": True, "timeout": "30 minutes"},
            "include": [{"local": f"{FOLDER}/**/*.yml"}],
        }
    )
