"""What is wrong with a pipeline of GitLab, as far as its text tells; each kind is a rule of the family GITLAB."""

import re
from collections.abc import Iterator

from stead.check.facts import At, Facts
from stead.check.facts import pipeline_script as scripts
from stead.check.facts.github_job import SHIPS
from stead.check.facts.node import Node
from stead.check.facts.shell import ROOT, tidy
from stead.check.facts.value import is_secret_name

# Keys at the top of a file that are not jobs.
GLOBAL = frozenset({
    "after_script", "before_script", "cache", "default", "image", "include", "pages", "services", "spec", "stages",
    "variables", "workflow",
})  # fmt: skip
STAGES = (".pre", "build", "test", "deploy", ".post")
COMMANDS = ("before_script", "script", "after_script")
TAG = re.compile(r"CI_COMMIT_TAG")
PROTECTED = re.compile(r"CI_COMMIT_REF_PROTECTED|CI_COMMIT_TAG|CI_DEFAULT_BRANCH")
COMMIT = re.compile(r"[0-9a-f]{40}")
VERSION = re.compile(r"v?\d+\.\d+\.\d+(?:[-+.]\w+)*")
DAEMON = re.compile(r"\bdocker:(?:[\w.-]*-)?dind\b|\bdocker:dind\b")


def add_facts(root: Node, facts: Facts) -> None:
    """Add what is wrong with a pipeline, and the paths that its loops go through."""
    jobs = {key.text or "": (key, job) for key, job in root.entries() if job.pairs and key.text not in GLOBAL}
    found = [*_pipeline_facts(root, jobs)]
    for name, (place, job) in jobs.items():
        found += _job(name, place, job, root, jobs)
        facts.paths += _loops(job)
    facts.policies += (At(at.text, at.line, at.column, f"gitlab {at.more}") for at in found)


def _pipeline_facts(root: Node, jobs: dict[str, tuple[Node, Node]]) -> Iterator[At]:
    events = [job for _, job in jobs.values() if "merge_request_event" in _rules(job)]
    if events and root.get("workflow") is None and root.get("stages") is not None:
        yield At("a branch with a merge request runs two pipelines for each push", 1, 1, "twice")
    for each in included.items or () if (included := root.get("include")) else ():
        yield from _include(each)
    for each in _services(root.get("default") or root):
        yield At("a Docker daemon beside the job needs a privileged runner", each.line, each.column, "daemon")


def _include(each: Node) -> Iterator[At]:
    for name, kind in (("project", "ref"), ("component", "")):
        node = each.get(name)
        if node is None:
            continue
        revision = each.text_at(kind) if kind else (node.text or "").partition("@")[2]
        if not COMMIT.fullmatch(revision) and not (VERSION.fullmatch(revision) and not kind):
            revision_text = f"at {revision}" if revision else "at its default branch"
            yield At(
                f"{node.text} is included {revision_text}, which others may change", node.line, node.column, "include"
            )
    remote = each.get("remote")
    if remote is not None and each.get("integrity") is None:
        yield At("this file is included from the web without a checksum", remote.line, remote.column, "include")


def _job(name: str, place: Node, job: Node, root: Node, jobs: dict[str, tuple[Node, Node]]) -> Iterator[At]:
    hidden = (
        frozenset(key.text or "" for key, _ in given.entries()) if (given := job.get("variables")) else frozenset[str]()
    )
    hidden = frozenset(each for each in hidden if is_secret_name(each)) | {"CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD"}
    release = (
        bool(TAG.search(_rules(job)))
        and "CI_DEFAULT_BRANCH" not in _rules(job)
        and "CI_COMMIT_BRANCH" not in _rules(job)
    )
    for line in _commands(job):
        yield from scripts.script(line, hidden, release=release)
    yield from _references(name, job, root, jobs)
    for node in _services(job):
        yield At("a Docker daemon beside the job needs a privileged runner", node.line, node.column, "daemon")
    for key in ("only", "except"):
        old = job.get(key)
        if old is not None:
            yield At(
                f"{name} uses {key}, which is obsolete and cannot be combined with rules", old.line, old.column, "only"
            )
    if name.startswith("."):
        return
    yield from _protection(name, place, job, root)
    artifacts = job.get("artifacts")
    if artifacts is not None and artifacts.get("expire_in") is None:
        at = job.key("artifacts")
        yield At(f"the artifacts of {name} never expire", at.line, at.column, "expire")


def _protection(name: str, place: Node, job: Node, root: Node) -> Iterator[At]:
    default = root.get("default")
    if (
        job.get("timeout") is None
        and (default is None or default.get("timeout") is None)
        and job.get("script") is not None
    ):
        yield At(f"{name} has no timeout of its own", place.line, place.column, "timeout")
    tokens = job.get("id_tokens")
    if tokens is not None and not PROTECTED.search(_rules(job)):
        key = job.key("id_tokens")
        yield At(f"{name} gets its identity on any branch", key.line, key.column, "identity-token")
    allowed = job.get("allow_failure")
    if allowed is not None and allowed.text == "true" and job.text_at("when") != "manual":
        yield At(f"the failure of {name} is ignored", allowed.line, allowed.column, "forgiven")
    if not _ships(job):
        return
    if job.get("environment") is None:
        yield At(f"{name} ships, and no environment protects it", place.line, place.column, "environment")
    if job.get("resource_group") is None:
        yield At(f"two of {name} may ship at the same time", place.line, place.column, "group")
    interruptible = job.get("interruptible") or (default.get("interruptible") if default is not None else None)
    if interruptible is not None and interruptible.text == "true":
        yield At(
            f"{name} may be stopped in the middle of a ship", interruptible.line, interruptible.column, "cancelled"
        )


def _references(name: str, job: Node, root: Node, jobs: dict[str, tuple[Node, Node]]) -> Iterator[At]:
    """Yield jobs, templates and stages that nothing defines; another file may, where some are included."""
    if root.get("include") is not None or root.get("stages") is None:
        return
    for node in needs.items or () if (needs := job.get("needs")) else ():
        other = node.text if node.text else node.text_at("job")
        if other and other not in jobs and not node.get("pipeline") and not node.get("project"):
            yield At(f"{name} needs {other}, which is not a job here", node.line, node.column, "need")
    for node in extended.each() if (extended := job.get("extends")) else ():
        if (node.text or "") not in jobs:
            yield At(f"{name} extends {node.text}, which does not exist", node.line, node.column, "need")
    stages, stage = root.get("stages"), job.get("stage")
    named = [each.text for each in stages.items or ()] if stages is not None else list(STAGES)
    if stage is not None and stage.text not in (*named, ".pre", ".post"):
        yield At(f"the stage {stage.text} of {name} is in no stages", stage.line, stage.column, "need")


def _rules(job: Node) -> str:
    """Return the conditions of a job's rules."""
    rules = job.get("rules")
    return " ".join(each.text_at("if") for each in (rules.items or () if rules is not None else ()))


def _commands(job: Node) -> Iterator[Node]:
    """Yield every command of a job."""
    for key in COMMANDS:
        commands = job.get(key)
        yield from commands.each() if commands is not None else ()


def _services(holder: Node) -> Iterator[Node]:
    for node in services.items or () if (services := holder.get("services")) else ():
        if DAEMON.search(node.text or node.text_at("name")):
            yield node


def _ships(job: Node) -> bool:
    return any(SHIPS.search(line.text or "") for line in _commands(job))


def _loops(job: Node) -> Iterator[At]:
    """Yield the paths that loops go through, as files of the repository."""
    nodes = list(_commands(job))
    if any("cd " in (node.text or "") or "mkdir" in (node.text or "") for node in nodes):
        return
    for node in nodes:
        for at in scripts.loops(node):
            path = tidy(at.text.removeprefix("./"))
            if path:
                yield At(f"{ROOT}/{path}", at.line, at.column, "ci read")
