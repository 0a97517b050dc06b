"""What several jobs of a file have: their names, when they run, and where."""

from stead.render import pins
from stead.render.gitlab.pipeline import DEFAULT_BRANCH, MERGE_REQUEST, PROTECTED, RELEASE, Rule
from stead.render.pipeline.context import PipelineContext

STEAD = "uv run --locked stead"
INSTALL = f"pip install --quiet --no-cache-dir --disable-pip-version-check uv=={pins.UV.version}"
VERSION = 'VERSION="${CI_COMMIT_TAG:-$CI_COMMIT_SHORT_SHA}"'
PUSHED = f"{DEFAULT_BRANCH} && {PROTECTED}"
RELEASED = f"{RELEASE} && {PROTECTED}"


def job_name(context: PipelineContext, job: str) -> str:
    return f"{context.name}:{job}"


def changes(context: PipelineContext) -> tuple[str, ...]:
    """Return the watched paths as GitLab's patterns: a path may be a file or a folder."""
    own = (".gitlab-ci.yml", f".gitlab/ci/{context.name}/*.yml")
    return tuple(dict.fromkeys(word for path in (*context.watched, *own) for word in _patterns(path)))


def _patterns(path: str) -> tuple[str, ...]:
    if path == ".":
        return ("**/*",)
    return (path,) if "*" in path or path.startswith(".gitlab") else (path, f"{path}/**/*")


def always(context: PipelineContext) -> tuple[Rule, ...]:
    paths = changes(context)
    return (Rule(MERGE_REQUEST, paths), Rule(DEFAULT_BRANCH, paths), Rule(RELEASE))


def merge_request(context: PipelineContext) -> tuple[Rule, ...]:
    return (Rule(MERGE_REQUEST, changes(context)),)


def pushed(context: PipelineContext) -> tuple[Rule, ...]:
    return (Rule(PUSHED, changes(context)), Rule(RELEASED))


def in_project(context: PipelineContext, *script: str) -> tuple[str, ...]:
    enter = () if context.project == "." else (f"cd {context.project}",)
    return (*enter, *script)
