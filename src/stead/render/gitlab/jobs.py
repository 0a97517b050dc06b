"""The jobs of a backend's file: as in its workflow on GitHub, with the backend's name as a prefix.

BuildKit builds images without root and without a Docker daemon and tags them with the commit; later jobs use the
digest. The signature's identity is the project's configuration on the branch or tag, which is verified.
"""

from collections.abc import Iterator

from stead.model import Deploy
from stead.render import pins
from stead.render.gitlab.image_jobs import attest, build, images, report, sbom, scan, verify
from stead.render.gitlab.job_parts import (
    INSTALL,
    PUSHED,
    RELEASED,
    STEAD,
    VERSION,
    always,
    changes,
    in_project,
    job_name,
)
from stead.render.gitlab.pipeline import GitlabJob, Rule
from stead.render.pipeline.context import PipelineContext


def jobs(context: PipelineContext) -> tuple[GitlabJob, ...]:
    """Return the jobs of a backend."""
    found = [plan(context), check(context)]
    if context.builds:
        found += [artifacts(context)] if context.pipeline.artifacts else []
        found += [build(context), report(context), images(context), scan(context), sbom(context)]
        found += [attest(context), verify(context)]
    for deployment in context.pipeline.deploys:
        found += [deploy(context, deployment), *smoke(context, deployment)]
    found += [release(context)] if context.builds else []
    return tuple(found)


def plan(context: PipelineContext) -> GitlabJob:
    """Account for every service, before anything is built."""
    words = f'{STEAD} ci plan {context.path} --tag "${{CI_COMMIT_TAG:-}}" --output "$CI_PROJECT_DIR/plan.env"'
    script = in_project(context, INSTALL, words)
    return GitlabJob(
        job_name(context, "plan"), "plan", pins.PYTHON_IMAGE.reference, script, always(context), dotenv="plan.env"
    )


def check(context: PipelineContext) -> GitlabJob:
    """Hold the description against its files, the rendered files against the description, and run its own checks."""
    own = (f"{STEAD} check {context.path}", f"{STEAD} render {context.path} --check", *context.pipeline.checks)
    return GitlabJob(
        job_name(context, "check"),
        "check",
        pins.PYTHON_IMAGE.reference,
        in_project(context, INSTALL, *own),
        always(context),
        needs=(job_name(context, "plan"),),
        history=True,
        minutes=30,
    )


def artifacts(context: PipelineContext) -> GitlabJob:
    """Build once what all images need."""
    made = context.pipeline.artifacts
    assert made is not None
    paths = tuple(path if context.project == "." else f"{context.project}/{path}" for path in made.paths)
    return GitlabJob(
        job_name(context, "artifacts"),
        "check",
        pins.JDK_IMAGE.reference,
        in_project(context, made.command),
        always(context),
        needs=(job_name(context, "plan"),),
        artifacts=paths,
        minutes=30,
    )


def deploy(context: PipelineContext, deploy: Deploy) -> GitlabJob:
    """Ship to one environment."""
    name = deploy.environment.name
    words = f'{STEAD} ci deploy {context.path} --env {name} --version "$VERSION" --revision "$CI_COMMIT_SHA"'
    ships_images = context.builds and deploy.to != "workers"
    words += ' --images "$CI_PROJECT_DIR/digests"' if ships_images else ""
    names = ("images", "scan", "sbom", "verify") if context.builds else ("check",)
    earlier = context.earlier(deploy)
    before = (job_name(context, f"deploy-{earlier.name}"),) if earlier else ()
    return GitlabJob(
        job_name(context, f"deploy-{name}"),
        "deploy",
        pins.PYTHON_IMAGE.reference,
        in_project(context, INSTALL, VERSION, words),
        _when(context, deploy),
        needs=(*(job_name(context, each) for each in names), *before),
        environment=name,
        url=context.main_url(deploy),
        resource_group=f"{context.name}-{name}",
        minutes=30,
    )


def _when(context: PipelineContext, deploy: Deploy) -> tuple[Rule, ...]:
    return (Rule(RELEASED),) if deploy.on == "tag" else (Rule(PUSHED, changes(context)),)


def smoke(context: PipelineContext, deploy: Deploy) -> Iterator[GitlabJob]:
    """Test from outside that the shipped version is healthy."""
    if not deploy.urls:
        return
    name = deploy.environment.name
    words = f'{STEAD} smoke {context.path} --outside --env {name} --version "$VERSION" {context.smoke_words(deploy)}'
    yield GitlabJob(
        job_name(context, f"smoke-{name}"),
        "smoke",
        pins.PYTHON_IMAGE.reference,
        in_project(context, INSTALL, VERSION, words),
        _when(context, deploy),
        needs=(job_name(context, f"deploy-{name}"),),
        minutes=30,
    )


def release(context: PipelineContext) -> GitlabJob:
    """Publish the release."""
    needs = tuple(job_name(context, name) for name in ("scan", "sbom", "verify"))
    shipped = tuple(job_name(context, f"deploy-{each.environment.name}") for each in context.deploys("tag"))
    return GitlabJob(
        job_name(context, "release"),
        "release",
        pins.GLAB_IMAGE.reference,
        (f'echo "{context.name} $CI_COMMIT_TAG"',),
        (Rule(RELEASED),),
        needs=(*needs, *shipped),
        resource_group=f"{context.name}-release",
        release={
            "tag_name": "$CI_COMMIT_TAG",
            "name": f"{context.name} $CI_COMMIT_TAG",
            "description": "$CI_COMMIT_TAG_MESSAGE",
        },
    )
