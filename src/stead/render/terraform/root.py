"""The root module of an environment: its versions, its state, its modules, its variables and its outputs."""

from collections.abc import Iterator, Mapping

from stead.render.terraform.context import Module, TerraformContext
from stead.render.terraform.hcl import Attribute, Block, Raw, value, written

REQUIRED = "~> 1.11"
OUTPUTS: Mapping[str, Mapping[str, str]] = {
    "network": {"id": "The network."},
    "postgres": {
        "address": "The address of PostgreSQL: servers={'postgres': Server(…)} in the description.",
        "port": "The port of PostgreSQL.",
        "secrets": "By database, the place of its role's password.",
    },
    "redis": {"address": "The address of Redis.", "port": "The port of Redis."},
    "buckets": {"endpoint": "The address of the S3 server.", "names": "By bucket, its name at the provider."},
    "registry": {"address": "The registry of images: registry= in the description."},
    "cluster": {"endpoint": "The API server of the cluster.", "name": "The name of the cluster."},
    "dns": {"host": "The name that leads to the gateway.", "certificate": "The certificate of the host."},
    "secrets": {"names": "By secret, the place where a person puts its value."},
}


def files(context: TerraformContext) -> dict[str, str]:
    """Return the files of an environment's folder."""
    return {
        "versions.tf": written([_terraform(context)]),
        "main.tf": written([*_provider(context), *(_call(context, each) for each in context.modules)]),
        "variables.tf": written(list(_variables(context))),
        "outputs.tf": written(list(_outputs(context))),
        "terraform.tfvars.example": _example(context),
    }


def _terraform(context: TerraformContext) -> Block:
    infrastructure, provider = context.infrastructure, context.provider
    key = f"{context.backend.name}/{context.environment.name}.tfstate"
    backend = provider.backend(infrastructure.state, key, infrastructure.region)
    return Block("terraform", (), (Attribute("required_version", REQUIRED), *provider.required(), backend))


def _provider(context: TerraformContext) -> tuple[Block, ...]:
    tags = {"backend": context.backend.name, "environment": context.environment.name, "managed-by": "stead"}
    return context.provider.block(context.infrastructure.region, tags)


def _call(context: TerraformContext, module: Module) -> Block:
    source = Attribute("source", f"../modules/{context.provider.name}/{module.kind}")
    given = module.arguments | (_region(context) if module.kind in context.provider.placed else {})
    arguments = tuple(Attribute(name, inner) for name, inner in given.items())
    return Block("module", (module.kind,), (source, Attribute("name", context.name_in(module.kind)), *arguments))


def _region(context: TerraformContext) -> dict[str, object]:
    return {"region": context.infrastructure.region or context.provider.where}


def settings(context: TerraformContext) -> Iterator[tuple[str, str, object, str]]:
    """Yield the variables: name, type, default (None: required), help."""
    kinds = {module.kind for module in context.modules}
    if "postgres" in kinds:
        yield "postgres_size", "string", context.size("postgres"), "The size of each host of PostgreSQL."
        yield "postgres_disk", "number", context.infrastructure.disk, "The disk of each host of PostgreSQL, in GB."
    if "redis" in kinds:
        yield "redis_size", "string", context.size("redis"), "The size of each host of Redis."
    if "cluster" in kinds:
        yield "cluster_size", "string", context.size("cluster"), "The size, or the platform, of each node."
        yield "cluster_nodes", "number", context.infrastructure.nodes, "The number of nodes of the cluster."
    if "dns" in kinds:
        yield "address", "string", None, "The address of the cluster's Gateway, for the host's DNS record."


def _variables(context: TerraformContext) -> Iterator[Block]:
    for name, kind, default, about in settings(context):
        body = [Attribute("description", about), Attribute("type", Raw(kind))]
        if default is not None:
            body.append(Attribute("default", default))
        yield Block("variable", (name,), (*body, Attribute("nullable", value=False)))


def _outputs(context: TerraformContext) -> Iterator[Block]:
    for module in context.modules:
        for name, about in OUTPUTS[module.kind].items():
            body = (Attribute("description", about), Attribute("value", Raw(f"module.{module.kind}.{name}")))
            yield Block("output", (f"{module.kind}_{name}",), body)


def _example(context: TerraformContext) -> str:
    """Return the example of `terraform.tfvars`: every variable, with its default."""
    lines = []
    for name, _, default, about in settings(context):
        shown = value(default) if default is not None else '"203.0.113.10"'
        lines.append(f"# {about}\n{name} = {shown}\n")
    return "\n".join(lines)
