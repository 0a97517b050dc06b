"""Secrets and variables of a pipeline, each with the place where a person sets it."""

from collections.abc import Iterator
from dataclasses import dataclass

from stead.model import Deploy
from stead.render.pipeline.context import PipelineContext

IMAGES = "images"  # the environment whose secrets push images, where the forge's own token does not


@dataclass(frozen=True, slots=True)
class Requirement:
    """One value: a secret, or a variable that may be read; of one environment of the forge's."""

    name: str
    secret: bool
    environment: str
    why: str


SSH = (
    ("DEPLOY_SSH_KEY", True, "the private key of the user who ships on the host"),
    ("DEPLOY_KNOWN_HOSTS", False, "the host's keys, as ssh-keyscan prints them"),
    ("DEPLOY_HOST", False, "the user and the host of the deploy: deploy@host.example.com"),
    ("DEPLOY_FOLDER", False, "the folder of the repository's checkout on the host"),
)
BY_TARGET = {
    "compose": SSH,
    "kubernetes": (("KUBECONFIG_DATA", True, "the kubeconfig of a service account that may ship, as text"),),
    "gitops": (("DEPLOY_TOKEN", True, "a token of the repository's that may push to the default branch"),),
    "workers": (
        ("CLOUDFLARE_API_TOKEN", True, "a token that may edit Workers"),
        ("CLOUDFLARE_ACCOUNT_ID", False, "the Cloudflare account of the Workers"),
    ),
}


def of_deploy(deploy: Deploy) -> tuple[Requirement, ...]:
    """Return the requirements of an environment's deploy job."""
    name = deploy.environment.name
    return tuple(Requirement(each, secret, name, why) for each, secret, why in BY_TARGET[deploy.to])


def of_registry(context: PipelineContext, own: str) -> tuple[Requirement, ...]:
    """Return what pushing needs; nothing where the registry is the forge's own, whose jobs have a token for it."""
    if not context.builds or context.registry_host == own:
        return ()
    why = f"of {context.registry_host}, for an account that may push"
    return (
        Requirement("REGISTRY_USER", False, IMAGES, f"the user {why}"),
        Requirement("REGISTRY_PASSWORD", True, IMAGES, f"the password {why}"),
    )


def requirements(context: PipelineContext, own: str) -> Iterator[Requirement]:
    """Yield all that a pipeline needs."""
    yield from of_registry(context, own)
    for deploy in context.pipeline.deploys:
        yield from of_deploy(deploy)
