"""The jobs that ship to an environment, and run the smoke test."""

from collections.abc import Iterator

from stead.model import Deploy
from stead.render import pins
from stead.render.github import steps
from stead.render.github.condition import CHANGED, RELEASE
from stead.render.github.workflow import Job, Step
from stead.render.pipeline.context import PipelineContext
from stead.render.pipeline.requirement import of_deploy


def deploy(context: PipelineContext, deploy: Deploy) -> Job:
    """Ship to one environment; a ship that began is never cancelled."""
    name = deploy.environment.name
    words = f'ci deploy "$BACKEND" --env {name} --version "$VERSION" --revision "$GITHUB_SHA"'
    env = {"VERSION": steps.VERSION}
    env |= {each.name: _value(each.name, secret=each.secret) for each in of_deploy(deploy)}
    fetch: tuple[Step, ...] = ()
    if context.builds and deploy.to != "workers":
        words += f' --images "$GITHUB_WORKSPACE/{steps.DIGESTS}"'
        fetch = (steps.all_digests(),)
    node = _wrangler(context) if deploy.to == "workers" else ()
    earlier = context.earlier(deploy)
    needs = ("scan", "sbom", "verify") if context.builds else ("check",)
    before = (
        (f"smoke-{earlier.name}" if _has_smoke_test(context, earlier.name) else f"deploy-{earlier.name}",)
        if earlier
        else ()
    )
    return Job(
        f"deploy-{name}",
        (steps.checkout(), steps.uv(), *node, *fetch, steps.stead(f"Ship to {name}", words, context.path, env)),
        needs=("plan", *needs, *before),
        condition=_when(context, deploy),
        permissions=steps.READ,
        environment=name,
        url=context.main_url(deploy),
        concurrency=f"deploy-{context.name}-{name}",
        minutes=30,
        project=context.project,
    )


def _wrangler(context: PipelineContext) -> tuple[Step, ...]:
    """Install the packages of the backend's package-lock.json, wrangler included."""
    install = 'npm ci --prefix "$BACKEND" --no-audit --no-fund'
    return (
        Step("Install Node", pins.SETUP_NODE, {"node-version": "24", "package-manager-cache": False}),
        Step("Install wrangler", run=install, env={"BACKEND": context.path}),
    )


def _value(name: str, *, secret: bool) -> str:
    return f"${{{{ {'secrets' if secret else 'vars'}.{name} }}}}"


def _has_smoke_test(context: PipelineContext, environment: str) -> bool:
    return any(each.urls for each in context.pipeline.deploys if each.environment.name == environment)


def _when(context: PipelineContext, deploy: Deploy) -> str:
    if deploy.on == "tag":
        return RELEASE
    return f"github.event_name == 'push' && github.ref == 'refs/heads/{context.pipeline.branch}' && {CHANGED}"


def smoke(context: PipelineContext, deploy: Deploy) -> Iterator[Job]:
    """Test from outside that the shipped version is healthy."""
    if not deploy.urls:
        return
    name = deploy.environment.name
    words = f'smoke "$BACKEND" --outside --env {name} --version "$VERSION" {context.smoke_words(deploy)}'
    run = steps.stead(f"Ask {name}", words, context.path, {"VERSION": steps.VERSION})
    yield Job(
        f"smoke-{name}",
        (steps.checkout(), steps.uv(), run),
        needs=("plan", f"deploy-{name}"),
        permissions=steps.READ,
        minutes=30,
        project=context.project,
    )
