"""A file of GitLab CI: typed values, and the text of them.

A branch's and a merge request's pipeline are not both run (`workflow:rules`); what ships is never interrupted, one
after the other for each environment, and only on protected references, since any other is given a token for Sigstore
as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stead.render.yaml import Block, written

MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"'
DEFAULT_BRANCH = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
RELEASE = r"$CI_COMMIT_TAG =~ /^v[0-9]+\.[0-9]+\.[0-9]+$/"
PROTECTED = '$CI_COMMIT_REF_PROTECTED == "true"'


@dataclass(frozen=True)
class Rule:
    """When a job is added to a pipeline: `when` is a condition; `changes` are paths, of which one must have changed."""

    when: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class GitlabJob:
    """One job. `image` is a reference with a digest; `matrix` lists its combinations of variables."""

    name: str
    stage: str
    image: str
    script: tuple[str, ...]
    rules: tuple[Rule, ...]
    needs: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    matrix: tuple[Mapping[str, str], ...] = ()
    artifacts: tuple[str, ...] = ()
    always: bool = False
    dotenv: str = ""
    environment: str = ""
    url: str = ""
    resource_group: str = ""
    tags: tuple[str, ...] = ()
    id_tokens: Mapping[str, str] = field(default_factory=dict)
    history: bool = False
    release: Mapping[str, str] = field(default_factory=dict)
    minutes: int = 15

    @property
    def is_protected(self) -> bool:
        """Whether it runs for protected references only, so that it may be given secrets."""
        return all(PROTECTED in rule.when for rule in self.rules)

    @property
    def ships(self) -> bool:
        """Whether it changes an environment, so that it is neither interrupted nor retried."""
        return bool(self.resource_group or self.release)


@dataclass(frozen=True)
class GitlabPipeline:
    """The jobs of one stage of a backend: a file below `.gitlab/ci/<backend>/`."""

    file: str
    jobs: tuple[GitlabJob, ...]


def text(pipeline: GitlabPipeline) -> str:
    """Return the text of a file."""
    return written({job.name: _job(job) for job in pipeline.jobs})


def _job(job: GitlabJob) -> dict[str, Any]:
    found: dict[str, Any] = {"stage": job.stage, "image": {"name": job.image, "entrypoint": [""]}}
    found |= {"tags": list(job.tags)} if job.tags else {}
    found["rules"] = [_rule(rule) for rule in job.rules]
    found["needs"] = [{"job": name, "artifacts": True, "optional": True} for name in job.needs]
    found |= {"parallel": {"matrix": [dict(each) for each in job.matrix]}} if job.matrix else {}
    variables = dict(job.variables) | ({"GIT_DEPTH": "0"} if job.history else {})
    found |= {"variables": variables} if variables else {}
    found |= (
        {"id_tokens": {name: {"aud": audience} for name, audience in job.id_tokens.items()}} if job.id_tokens else {}
    )
    if job.environment:
        found["environment"] = {"name": job.environment} | ({"url": job.url} if job.url else {})
    found |= {"resource_group": job.resource_group} if job.resource_group else {}
    found["interruptible"] = not job.ships
    found["timeout"] = f"{job.minutes} minutes"
    found["script"] = [Block(line) if "\n" in line or '"' in line else line for line in job.script]
    found |= {"artifacts": _artifacts(job)} if job.artifacts or job.dotenv else {}
    found |= {"release": dict(job.release)} if job.release else {}
    return found


def _rule(rule: Rule) -> dict[str, Any]:
    return {"if": rule.when} | ({"changes": {"paths": list(rule.changes)}} if rule.changes else {})


def _artifacts(job: GitlabJob) -> dict[str, Any]:
    found: dict[str, Any] = {"paths": list(job.artifacts)} if job.artifacts else {}
    found |= {"reports": {"dotenv": job.dotenv}} if job.dotenv else {}
    return found | {"access": "developer", "expire_in": "30 days", "when": "always" if job.always else "on_success"}
