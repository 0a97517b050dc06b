"""The plan of a pipeline: every service accounted for, the version, and whether anything of the backend changed.

It comes before anything is built, so that a folder that is missing is an error that names its service, and not an image
that was left out.
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
    """What a run of the pipeline will do; `reason` says why the backend counts as changed, or not."""

    version: str
    changed: bool
    reason: str
    accounts: tuple[tuple[str, str], ...]

    def outputs(self) -> str:
        """Return the lines that later jobs read."""
        return f"changed={'true' if self.changed else 'false'}\nversion={self.version}\n"

    def summary(self, name: str) -> str:
        """Return the page that a person reads."""
        rows = "".join(f"| {process} | {account} |\n" for process, account in self.accounts)
        return f"### {name} {self.version}\n\n{self.reason}\n\n| service | |\n|---|---|\n{rows}"


def context_of(backend: Backend) -> PipelineContext:
    """Return the first pipeline of a backend; SteadError when it has none."""
    if not backend.pipelines:
        raise SteadError(f"{backend.name} has no pipeline: add pipelines=[Github()], or Gitlab(), to its Backend")
    return PipelineContext(backend, backend.pipelines[0])


def plan(backend: Backend, folder: Path, base: str = "", tag: str = "") -> Plan:
    """Plan a run for the commit that is checked out. Raises SteadError with all that cannot be built."""
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
    """Yield what an image cannot be built without and is not there."""
    backend = context.backend
    processes: tuple[AnyService | Job, ...] = (*backend.services, *backend.jobs)
    for process in processes:
        place = folder / process.folder
        if kind_of(process) != "image" and not place.is_dir():
            message = f"the folder of {process.name} is not there: {process.folder}"
            yield Problem("PIPELINE010", message, process.where, "commit it, or take the service out of the backend")
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
            message = f"there is no {image.dockerfile} to build the image {image.name} by"
            made = f"stead render {context.path}, and commit what it writes"
            mend = made if image.is_rendered else "commit it, or name another in build=Build(…)"
            yield Problem("PIPELINE010", message, backend.where, mend)


def _missing_jar(context: PipelineContext, process: AnyService | Job, place: Path) -> Iterator[Problem]:
    """Yield the jar that nothing builds: it is not in the repository, and no artifacts job leaves it."""
    jar = next((word for flag, word in pairwise(process.command) if flag == "-jar"), "")
    made = context.pipeline.artifacts
    path = posixpath.normpath(posixpath.join(context.path, str(process.folder), jar))
    if jar and not (place / jar).is_file() and not (made and any(fnmatchcase(path, each) for each in made.paths)):
        message = f"{process.name} runs {path}, which is not committed, and no artifacts of the pipeline are that file"
        mend = f"say what builds it: artifacts=Artifacts('./gradlew build', [{path!r}])"
        yield Problem("PIPELINE010", message, context.pipeline.where, mend, process.where)


def _changed(context: PipelineContext, folder: Path, base: str) -> tuple[bool, str]:
    """Tell whether a path of the backend differs from a commit; where that cannot be told, it counts as changed."""
    if NOTHING.fullmatch(base):
        return True, "Nothing was built here before: everything counts as changed."
    if git(folder, "cat-file", "-e", f"{base}^{{commit}}").returncode:
        return True, f"The commit {base[:7]} is not here to compare with: everything counts as changed."
    paths = _git(folder, "diff", "--name-only", "--no-renames", "--no-relative", "-z", base, "HEAD").split("\0")
    own = watched(context)
    found = [path for path in paths if path and any(covers(word, path) for word in own)]
    if not found:
        return False, f"Nothing of {context.name} changed since {base[:7]}: nothing is built, and nothing is shipped."
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return True, f"{shlex.quote(found[0])}{more} changed since {base[:7]}."


def watched(context: PipelineContext) -> tuple[str, ...]:
    """Return the paths whose change is one of this backend, its pipelines' own files among them."""
    backend = context.backend
    return (*context.watched, *github.files(backend), *gitlab.files(backend))


def covers(word: str, path: str) -> bool:
    """Tell whether a watched path is this one, a folder above it, or a pattern of it."""
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
