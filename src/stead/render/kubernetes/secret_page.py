"""The page of an environment's secrets: each with the place where a person puts its value."""

from stead.model.kubernetes import ExternalSecrets, Vault
from stead.render.kubernetes.context import SHARED, ClusterContext
from stead.render.kubernetes.secret import ProcessSecret, document_of, every, secret_name

PAGE = f"{SHARED}/SECRETS.md"


def page(context: ClusterContext) -> str:
    """Return the page that lists each secret with its place and its kind."""
    head = (
        f"# Secrets of {context.backend.name} in {context.environment.name}\n\n"
        "This repository holds no values. Each process can read only its own secrets.\n\n"
        "| process | setting | where it is put | what it is |\n|---|---|---|---|\n"
    )
    return head + "".join(_row(context, each) for each in every(context)) + _pull_secret(context)


def _pull_secret(context: ClusterContext) -> str:
    """Return the section about the pull Secret, which the Job that updates it needs, too."""
    name, source = context.cluster.pull_secret, context.cluster.secrets
    if not name:
        return ""
    kept = isinstance(source, Vault) and bool(source.registry)
    from_now_on = (
        " From then on the Job `registry-secret-sync` keeps it, whose own image is pulled with it." if kept else ""
    )
    document = ""
    if isinstance(source, Vault) and kept:
        keys = "REGISTRY_URL, REGISTRY_USERNAME, REGISTRY_PASSWORD"
        document = (
            f"| registry-secret-sync | {keys} | Vault, `{source.mount}/data/{source.registry}` | the registry |\n"
        )
    return (
        f"{document}\nImages are pulled with the Secret `{name}`."
        f" Make it once, before anything is deployed.{from_now_on}\n\n"
        f"```sh\nkubectl --namespace={context.cluster.namespace} create secret docker-registry {name} \\\n"
        "  --docker-server=… --docker-username=… --docker-password=…\n```\n"
    )


def _row(context: ClusterContext, each: ProcessSecret) -> str:
    source = context.cluster.secrets
    match source:
        case Vault():
            document, key = document_of(source, each)
            place = f"Vault, `{document}`, key `{key}`"
        case ExternalSecrets():
            place = f"store `{source.store}`, `{source.path}/{each.process}`, property `{each.key}`"
        case _:
            place = f"Secret `{secret_name(each.process)}`, key `{each.key}`"
    what = each.kind + ("" if each.required else "; it may be empty")
    return f"| {each.process} | {each.key} | {place} | {what.replace('|', ' ')} |\n"
