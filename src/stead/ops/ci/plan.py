"""The plan of a pipeline: every service with its build, the version, and whether files of the backend changed.

It runs before the builds, so that a missing folder is an error that names its service, not an image that is silently
left out.
"""

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path

from stead.model import AnyService, Backend, DescriptionError, Job, Pipeline, Problem, SteadError
from stead.model.git import git
from stead.render import github, gitlab
from stead.render.docker.image_kind import kind_of
from stead.render.pipeline.context import PipelineContext
from stead.render.repository import repository_root

RELEASE = re.compile(r"v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
NOTHING = re.compile(r"0*")  # what a forge gives as the commit before the first one of a branch


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a run; `reason` explains why the backend counts as changed, or not."""

    version: str
    changed: bool
    reason: str
    accounts: tuple[tuple[str, str], ...]

    def outputs(self) -> str:
        """Return the output lines for later jobs."""
        return f"changed={'true' if self.changed else 'false'}\nversion={self.version}\n"

    def summary(self, name: str) -> str:
        """Return the summary in Markdown."""
        rows = "".join(f"| {process} | {account} |\n" for process, account in self.accounts)
        return f"### {name} {self.version}\n\n{self.reason}\n\n| service | |\n|---|---|\n{rows}"


def context_of(backend: Backend) -> PipelineContext:
    """Return the first pipeline of a backend; SteadError when it has none."""
    if not backend.pipelines:
        raise SteadError(f"{backend.name} has no pipeline: add pipelines=[Github()], or Gitlab(), to its Backend")
    return PipelineContext(backend, backend.pipelines[0])


def plan(backend: Backend, folder: Path, base: str = "", tag: str = "") -> Plan:
    """Plan a run for the commit that is checked out. Raises SteadError with everything that cannot be built."""
    context = context_of(backend)
    found = [*missing(context, folder)]
    if found:
        raise DescriptionError(found)
    if tag:
        return Plan(_release(tag), True, f"{tag} is a release: everything is built.", context.accounts)
    version = _git(folder, "rev-parse", "--short=7", "HEAD")
    changed, reason = _changed(context, folder, base)
    return Plan(version, changed, reason, context.accounts)


def _release(tag: str) -> str:
    if not RELEASE.fullmatch(tag):
        raise SteadError(f"the tag {tag} is not a version: name a release v1.2.3")
    return tag


def missing(context: PipelineContext, folder: Path) -> Iterator[Problem]:
    """Yield missing files without which an image cannot be built."""
    backend = context.backend
    processes: tuple[AnyService | Job, ...] = (*backend.services, *backend.jobs)
    for process in processes:
        place = folder / process.folder
        if kind_of(process) != "image" and not place.is_dir():
            message = f"the folder of {process.name} does not exist: {process.folder}"
            yield Problem(
                "PIPELINE010", message, process.where, "commit the folder, or remove the service from the backend"
            )
        elif context.builds and kind_of(process) == "java":
            yield from _missing_jar(context, process, place)
    ships_workers = any(deploy.to == "workers" for deploy in context.pipeline.deploys)
    if ships_workers and not (folder / "package-lock.json").is_file():
        message = f"{backend.name} is shipped to Workers, and no package-lock.json beside its backend.py holds wrangler"
        mend = f"npm install --save-dev --save-exact wrangler --prefix {context.path}, and commit both files"
        yield Problem("PIPELINE010", message, context.pipeline.where, mend)
    root = folder / repository_root(backend).path
    for image in context.images:
        if not (root / image.dockerfile).is_file():
            message = f"{image.dockerfile}, from which the image {image.name} is built, does not exist"
            made = f"run stead render {context.path}, and commit the files"
            mend = made if image.is_rendered else "commit it, or name another in build=Build(…)"
            yield Problem("PIPELINE010", message, backend.where, mend)


def _missing_jar(context: PipelineContext, process: AnyService | Job, place: Path) -> Iterator[Problem]:
    """Yield the jar that nothing builds: it is not committed, and no artifacts job creates it."""
    jar = next((word for flag, word in pairwise(process.command) if flag == "-jar"), "")
    made = context.pipeline.artifacts
    path = posixpath.normpath(posixpath.join(context.path, str(process.folder), jar))
    if jar and not (place / jar).is_file() and not (made and any(fnmatchcase(path, each) for each in made.paths)):
        message = f"{process.name} runs {path}, which is neither committed nor an artifact of the pipeline"
        mend = f"declare the command that builds it: artifacts=Artifacts('./gradlew build', [{path!r}])"
        yield Problem("PIPELINE010", message, context.pipeline.where, mend, process.where)


def _changed(context: PipelineContext, folder: Path, base: str) -> tuple[bool, str]:
    """Return whether the backend differs from a commit, with the reason; without that commit it counts as changed."""
    if NOTHING.fullmatch(base):
        return True, "There is no earlier build to compare with: everything counts as changed."
    if git(folder, "cat-file", "-e", f"{base}^{{commit}}").returncode:
        return True, f"The commit {base[:7]}, to compare with, is not in this clone: everything counts as changed."
    paths = _git(folder, "diff", "--name-only", "--no-renames", "--no-relative", "-z", base, "HEAD").split("\0")
    own = watched(context)
    found = [path for path in paths if path and any(covers(word, path) for word in own)]
    if not found:
        return False, f"Nothing of {context.name} changed since {base[:7]}: nothing is built, and nothing is shipped."
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return True, f"{shlex.quote(found[0])}{more} changed since {base[:7]}."


def watched(context: PipelineContext) -> tuple[str, ...]:
    """Return the paths that belong to this backend, the files of its pipelines included."""
    backend = context.backend
    return (*context.watched, *github.files(backend), *gitlab.files(backend))


def covers(word: str, path: str) -> bool:
    """Return whether a watched path is this one, a folder above it, or a matching pattern."""
    if word == "." or path == word or path.startswith(f"{word}/"):
        return True
    return fnmatchcase(path, word) or (word.startswith("**/") and fnmatchcase(path, word[3:]))


def _git(folder: Path, *words: str) -> str:
    done = git(folder, *words)
    if done.returncode:
        error_text = done.stderr.decode(errors="replace").strip()
        raise SteadError(f"{folder} is in no git checkout that a pipeline could run in: {error_text}")
    return done.stdout.decode(errors="surrogateescape").strip()


def pipelines(backend: Backend) -> tuple[Pipeline, ...]:
    """Return the pipelines of a backend; SteadError when it has none."""
    context_of(backend)
    return tuple(backend.pipelines)
