"""The rules of pipelines: a malformed registry, a deploy to an unknown environment, a bad file name."""

import re
from collections.abc import Iterator

from stead.model.backend import Backend
from stead.model.bounds import is_within
from stead.model.environment import Environment
from stead.model.job import Job
from stead.model.pipeline import GITLAB_PARTS, PARTS, TARGETS, TRIGGERS, Deploy, Github, Gitlab, Pipeline
from stead.model.problem import Problem
from stead.model.service import AnyService

# A host with a dot or a port, then path components as the OCI distribution specification has them.
REGISTRY = re.compile(
    r"(?=[^/]*[.:]|localhost)[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
)
PLATFORM = re.compile(r"[a-z0-9]+/[a-z0-9]+(/v[0-9]+)?")
BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml")
FOLDER = re.compile(r"\.|[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
PATTERN = re.compile(r"[A-Za-z0-9_.*?/@+-]+")
TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]*")
URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
PIN_DAYS = (1, 3650)


def the_registry_is_one(backend: Backend) -> Iterator[Problem]:
    """A registry is a host, and perhaps a path in it: what image names begin with."""
    if backend.registry and not REGISTRY.fullmatch(backend.registry):
        message = f"registry={backend.registry!r} is not a valid prefix of an image's name"
        mend = "write a host and a path in lower case, without https:// and a tag: ghcr.io/example"
        yield Problem("BACKEND007", message, backend.where, mend)


def images_have_a_registry(backend: Backend) -> Iterator[Problem]:
    """A pipeline that builds images has a registry."""
    for pipeline in backend.pipelines:
        if builds_images(pipeline) and not backend.registry:
            message = f"{type(pipeline).__name__} builds images, but the backend has no registry to push them to"
            mend = f"add registry='ghcr.io/<owner>' to Backend({backend.name!r}, …)"
            yield Problem("PIPELINE001", message, pipeline.where, mend, backend.where)


def builds_images(pipeline: Pipeline) -> bool:
    """Return whether a pipeline builds images: a pipeline that ships only to Cloudflare does not."""
    return not pipeline.deploys or any(deploy.to != "workers" for deploy in pipeline.deploys)


def pipelines_have_usable_values(backend: Backend) -> Iterator[Problem]:
    """Branches, platforms, file names and days are such."""
    for pipeline in backend.pipelines:
        for message, mend in _problems(pipeline):
            yield Problem("PIPELINE002", message, pipeline.where, mend)


def _problems(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    kind = type(pipeline).__name__
    if not BRANCH.fullmatch(pipeline.branch):
        yield f"{kind} has branch={pipeline.branch!r}", "write the default branch's name: main"
    if not FOLDER.fullmatch(pipeline.project):
        yield f"{kind} has project={pipeline.project!r}", "write a path below the repository's root: services/shop"
    if not is_within(pipeline.pin_days, PIN_DAYS):
        yield f"{kind} has pin_days={pipeline.pin_days!r}", "write a whole number of days from 1 to 3650"
    yield from _wrong_commands(pipeline)
    if pipeline.artifacts is not None:
        yield from _wrong_artifacts(pipeline)
    if isinstance(pipeline, Github):
        yield from _wrong_github(pipeline)
    elif isinstance(pipeline, Gitlab):
        yield from _wrong_gitlab(pipeline)


def _wrong_commands(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    kind = type(pipeline).__name__
    for platform in pipeline.platforms:
        if not PLATFORM.fullmatch(platform):
            yield f"{kind} has the platform {platform!r}", "write an operating system and an architecture: linux/amd64"
    if not pipeline.platforms:
        yield f"{kind} has no platform", "write platforms=('linux/amd64',), or leave it out"
    for command in pipeline.checks:
        if not command.strip() or "\n" in command or "${{" in command:
            yield f"{kind} has the check {command!r}", "write one shell command on one line, without expressions"


def _wrong_artifacts(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    assert pipeline.artifacts is not None
    command, paths = pipeline.artifacts.command, pipeline.artifacts.paths
    if not command.strip() or "\n" in command or "${{" in command:
        yield f"the artifacts have command={command!r}", "write one shell command on one line, without expressions"
    wrong = [path for path in paths if not PATTERN.fullmatch(path) or path.startswith("/") or ".." in path.split("/")]
    for path in wrong:
        yield f"the artifacts have the path {path!r}", "write a pattern below the project: orders/build/libs/*.jar"
    if not paths:
        yield "the artifacts have no path", "write the outputs of the command: paths=['orders/build/libs/*.jar']"


def _wrong_github(github: Github) -> Iterator[tuple[str, str]]:
    if github.file and not FILE.fullmatch(github.file):
        yield f"Github has file={github.file!r}", "write a file's name that ends in .yml: ci-images.yml"
    if all(each in github.parts for each in ("dependabot", "renovate")):
        yield "Github has the parts 'dependabot' and 'renovate', which open the same pull requests", "keep one of them"
    yield from _unknown_parts(github, PARTS)


def _wrong_gitlab(gitlab: Gitlab) -> Iterator[tuple[str, str]]:
    for tag in gitlab.tags:
        if not TAG.fullmatch(tag):
            yield f"Gitlab has the tag {tag!r}", "write the tag of a runner: saas-linux-small-amd64"
    yield from _unknown_parts(gitlab, GITLAB_PARTS)


def _unknown_parts(pipeline: Github | Gitlab, known: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for part in pipeline.parts:
        if part not in known:
            yield f"{type(pipeline).__name__} has the part {part!r}", f"write some of {', '.join(known)}"


def builds_have_plain_arguments(backend: Backend) -> Iterator[Problem]:
    """A build argument of the user's Dockerfile is text on one line, without expressions of the forge."""
    processes: tuple[AnyService | Job, ...] = (*backend.services, *backend.jobs)
    for process in processes if backend.pipelines else ():
        build = process.build_spec
        if build is None:
            continue
        for name, value in build.args.items():
            if "\n" in value or "${{" in value or "\n" in name or "=" in name:
                message = f"{process.name} is built with the argument {name}={value!r}, which a pipeline cannot pass"
                yield Problem("PIPELINE002", message, build.where, "write a text on one line, without expressions")


def deploys_go_somewhere(backend: Backend) -> Iterator[Problem]:
    """A deploy is to an environment of this backend, once, in a way that is known."""
    for pipeline in backend.pipelines:
        first: dict[int, Deploy] = {}
        for deploy in pipeline.deploys:
            yield from _wrong_deploy(backend, deploy)
            earlier = first.setdefault(id(deploy.environment), deploy)
            if earlier is not deploy:
                message = f"one pipeline has two deploys to {deploy.environment.name}"
                yield Problem("PIPELINE003", message, deploy.where, "remove one of the two", earlier.where)


def _wrong_deploy(backend: Backend, deploy: Deploy) -> Iterator[Problem]:
    environment: Environment = deploy.environment
    if not any(environment is one for one in backend.environments):
        message = f"the deploy is to {environment.name}, which is not an environment of {backend.name}"
        yield Problem("PIPELINE003", message, deploy.where, "add it to environments=[…], and use that object")
    for name, known in (("to", TARGETS), ("on", TRIGGERS)):
        value = getattr(deploy, name)
        if value not in known:
            message = f"the deploy to {environment.name} has {name}={value!r}"
            yield Problem("PIPELINE003", message, deploy.where, f"write one of {', '.join(known)}")


def urls_are_of_processes(backend: Backend) -> Iterator[Problem]:
    """A URL is an address over HTTP, of the gateway or of a service of this backend."""
    for pipeline in backend.pipelines:
        for deploy in pipeline.deploys:
            for process, url in deploy.urls.items():
                if not any(process is one for one in backend.processes):
                    message = f"{process.name} has a URL, but is not in the backend"
                    mend = "name the gateway, or a service that is in services=[…]"
                    yield Problem("PIPELINE004", message, deploy.where, mend)
                if not URL.fullmatch(url):
                    message = f"the URL of {process.name} is {url!r}"
                    yield Problem("PIPELINE004", message, deploy.where, "write https:// and a host, without a query")


def pipelines_have_files_of_their_own(backend: Backend) -> Iterator[Problem]:
    """No two pipelines of a backend write the same file."""
    first: dict[tuple[type, str], Pipeline] = {}
    for pipeline in backend.pipelines:
        name = pipeline.file if isinstance(pipeline, Github) else ""
        earlier = first.setdefault((type(pipeline), name), pipeline)
        if earlier is not pipeline:
            mend = "give one of them another file='….yml'" if not isinstance(pipeline, Gitlab) else "keep one of them"
            message = f"two pipelines for {type(pipeline).__name__} write the same file"
            yield Problem("PIPELINE005", message, pipeline.where, mend, earlier.where)


RULES = (
    the_registry_is_one,
    images_have_a_registry,
    pipelines_have_usable_values,
    builds_have_plain_arguments,
    deploys_go_somewhere,
    urls_are_of_processes,
    pipelines_have_files_of_their_own,
)
