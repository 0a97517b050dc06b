"""Optional parts of a description: Dependabot or Renovate, CodeQL, commitlint, the labeler, the documents' site.

A repository has one of each, so one of its backends enables it. Parts without a built-in of GitHub use the programs of
a runner: a regular expression for titles, `gh` for labels.
"""

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stead.model import Github
from stead.render import pins, renovate
from stead.render.docker.image_kind import built, kind_of
from stead.render.github import steps
from stead.render.github.workflow import Job, Step, Workflow, lines
from stead.render.pipeline.context import PipelineContext
from stead.render.yaml import written

TYPES = "build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test"
LANGUAGES = {"python": "python", "node": "javascript-typescript", "java": "java-kotlin", "go": "go"}
ECOSYSTEMS = {"python": "uv", "node": "npm", "java": "gradle", "go": "gomod"}
COLORS = ("1d76db", "0e8a16", "d93f0b", "5319e7", "fbca04", "006b75")


def files(context: PipelineContext, pipeline: Github) -> Mapping[str, str]:
    """Return the files that are not workflows."""
    found = dict(renovate.files(pipeline, ".github"))
    if "dependabot" in pipeline.parts:
        found[".github/dependabot.yml"] = written(dependabot(context))
    if "labeler" in pipeline.parts:
        found[".github/labeler.yml"] = written(labels_by_path(context))
        found[".github/labels.yml"] = written({"labels": list(labels(context))})
    return found


def workflows(context: PipelineContext, pipeline: Github) -> Iterator[Workflow]:
    """Yield the workflows of the parts that are switched on."""
    making: Mapping[str, Callable[[PipelineContext], Iterator[Workflow]]] = {
        "codeql": codeql,
        "commitlint": commitlint,
        "labeler": labelers,
        "docs": docs,
    }
    for name, make in making.items():
        if name in pipeline.parts:
            yield from make(context)


def dependabot(context: PipelineContext) -> dict[str, Any]:
    """Return Dependabot's configuration: actions, base images, and each language's packages, a week after their
    release.
    """
    places = [("github-actions", "/")]
    docker = sorted({posixpath.dirname(image.dockerfile) for image in context.images})
    places += [("docker", f"/{folder}") for folder in docker]
    places += sorted(_packages(context))
    updates = [
        {
            "package-ecosystem": ecosystem,
            "directory": folder,
            "schedule": {"interval": "weekly"},
            "cooldown": {"default-days": 7},
            "groups": {"all": {"patterns": ["*"]}},
        }
        for ecosystem, folder in places
    ]
    return {"version": 2, "updates": updates}


def _packages(context: PipelineContext) -> Iterator[tuple[str, str]]:
    """Yield each language's ecosystem with the folder of its packages; Python's are the project's."""
    found = set()
    for process in built(context.backend).values():
        kind = kind_of(process)
        inside = context.project if kind == "python" else f"{context.in_repository}/{process.folder}"
        if kind in ECOSYSTEMS:
            folder = posixpath.normpath(inside)
            found.add((ECOSYSTEMS[kind], "/" if folder == "." else f"/{folder}"))
    yield from found


def labels_by_path(context: PipelineContext) -> dict[str, Any]:
    """Return which label a change of which paths gets: one for each process, one for what delivers."""
    places = {
        process.name: posixpath.normpath(f"{context.in_repository}/{process.folder}")
        for process in built(context.backend).values()
        if str(process.folder) not in (".", "")
    }
    places |= {context.name: context.in_repository, "ci": ".github"}
    return {
        name: [{"changed-files": [{"any-glob-to-any-file": ["**/*" if place == "." else f"{place}/**/*"]}]}]
        for name, place in sorted(places.items())
    }


def labels(context: PipelineContext) -> Iterator[dict[str, str]]:
    for number, name in enumerate(labels_by_path(context)):
        yield {"name": name, "color": COLORS[number % len(COLORS)], "description": f"Changes {name}"}


def codeql(context: PipelineContext) -> Iterator[Workflow]:
    """Scan the code for vulnerabilities, in each language of the backend."""
    kinds = {kind_of(process) for process in built(context.backend).values()} | {"python"}
    languages = [LANGUAGES[kind] for kind in sorted(kinds) if kind in LANGUAGES]
    language = "${{ matrix.language }}"
    found = (
        steps.checkout(),
        Step("Set CodeQL up", pins.CODEQL_INIT, {"languages": language, "build-mode": "none"}),
        Step("Analyse the code", pins.CODEQL_ANALYZE, {"category": f"/language:{language}"}),
    )
    permissions = steps.READ | {"security-events": ("write", "publishes the findings")}
    job = Job(
        "analyze",
        found,
        name=f"analyze ({language})",
        permissions=permissions,
        matrix=tuple({"language": each} for each in languages),
        minutes=60,
    )
    branches = [context.pipeline.branch]
    triggers = {
        "pull_request": {"branches": branches},
        "push": {"branches": branches},
        "schedule": [{"cron": "17 4 * * 1"}],
    }
    yield Workflow("codeql.yml", "codeql", triggers, (job,), "codeql-${{ github.ref }}")


def commitlint(context: PipelineContext) -> Iterator[Workflow]:
    """Hold the title of a pull request, and its commits, against Conventional Commits."""
    pattern = rf"^({TYPES})(\([a-z0-9./-]+\))?!?: [^ ].*$"
    judge = lines(
        'subjects="$(git log --format=%s "$BASE..HEAD^2")"',  # first, so that its failure ends the script
        "failed=0",
        "while IFS= read -r subject; do",
        "  if [[ ! $subject =~ $PATTERN && $subject != Merge\\ * ]]; then",
        '    echo "::error::not a conventional commit: $subject"',
        "    failed=1",
        "  fi",
        'done < <(printf \'%s\\n\' "$TITLE" ${subjects:+"$subjects"})',
        'exit "$failed"',
    )
    env = {
        "PATTERN": pattern,
        "TITLE": "${{ github.event.pull_request.title }}",
        "BASE": "${{ github.event.pull_request.base.sha }}",
    }
    job = Job(
        "commitlint",
        (steps.checkout(history=True), Step("Judge the subjects", run=judge, env=env)),
        permissions=steps.READ,
    )
    types = ["opened", "edited", "reopened", "synchronize"]
    triggers = {"pull_request": {"branches": [context.pipeline.branch], "types": types}}
    yield Workflow("commitlint.yml", "commitlint", triggers, (job,), "commitlint-${{ github.ref }}")


def labelers(context: PipelineContext) -> Iterator[Workflow]:
    """Label a pull request of this repository by the paths that it changes; keep the labels as `labels.yml` says.

    A fork's gets none: its job has no write permission, and a job with one (`pull_request_target`) could be abused.
    """
    permissions = steps.READ | {"pull-requests": ("write", "sets the labels")}
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    setting = Step("Set the labels", pins.LABELER, {"sync-labels": True})
    job = Job("label", (steps.checkout(), setting), permissions=permissions, condition=own)
    triggers = {"pull_request": {"branches": [context.pipeline.branch]}}
    yield Workflow("labeler.yml", "labeler", triggers, (job,), "labeler-${{ github.ref }}")
    create = lines(
        "yq --output-format=json '.labels' .github/labels.yml | jq --compact-output '.[]' | while read -r label; do",
        '  name="$(jq --raw-output .name <<< "$label")"',
        '  color="$(jq --raw-output .color <<< "$label")"',
        '  about="$(jq --raw-output .description <<< "$label")"',
        '  gh label create "$name" --color "$color" --description "$about" --force',
        "done",
    )
    env = {"GH_TOKEN": "${{ github.token }}", "GH_REPO": "${{ github.repository }}"}
    syncing = Job(
        "sync",
        (steps.checkout(), Step("Create what is missing", run=create, env=env)),
        permissions=steps.READ | {"issues": ("write", "creates the labels")},
    )
    triggers = {"push": {"branches": [context.pipeline.branch], "paths": [".github/labels.yml"]}}
    yield Workflow("label-sync.yml", "label-sync", triggers, (syncing,), "label-sync", "false")


def docs(context: PipelineContext) -> Iterator[Workflow]:
    """Build the documents' site strictly, and publish it from the default branch."""
    build = Step("Build the site", run="uv run --locked --group docs mkdocs build --strict --site-dir site")
    building = (steps.checkout(), steps.uv(), build)
    branches, paths = [context.pipeline.branch], ["docs/**", "mkdocs.yml", "pyproject.toml", "uv.lock"]
    triggers = {"pull_request": {"branches": branches, "paths": paths}}
    job = Job("build", building, permissions=steps.READ, project=context.project)
    yield Workflow("docs-ci.yml", "docs-ci", triggers, (job,), "docs-ci-${{ github.ref }}")
    site = "site" if context.project == "." else f"{context.project}/site"
    publishing = (
        *building,
        Step("Set Pages up", pins.CONFIGURE_PAGES),
        Step("Hand the site over", pins.UPLOAD_PAGES, {"path": site}),
    )
    permissions = steps.READ | {"pages": ("read", "reads where the site is published")}
    build_job = Job("build", publishing, permissions=permissions, project=context.project)
    deploying = Job(
        "deploy",
        (Step("Publish the site", pins.DEPLOY_PAGES, id="pages"),),
        needs=("build",),
        permissions={"pages": ("write", "publishes the site"), "id-token": ("write", "proves where it comes from")},
        environment="github-pages",
        url="${{ steps.pages.outputs.page_url }}",
    )
    triggers = {"push": {"branches": branches, "paths": paths}}
    yield Workflow("docs-deploy.yml", "docs-deploy", triggers, (build_job, deploying), "docs-deploy", "false")
