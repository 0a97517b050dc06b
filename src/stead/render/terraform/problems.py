"""Parts of a description that Terraform cannot create; each with its place and a remedy."""

import ipaddress
from collections.abc import Iterator, Sequence

from stead.model import Backend, Problem
from stead.render.terraform.context import TerraformContext, contexts
from stead.render.terraform.name import SECRETS
from stead.render.terraform.provider import PROVIDERS

PRIVATE = tuple(ipaddress.IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))  # RFC 1918
LARGEST = 16  # a prefix: clouds make no larger network
SMALLEST = 24  # a prefix: a cluster with its servers needs 256 addresses
WISHES = ("versioned", "expire_days")  # of a bucket


def problems(backend: Backend) -> Sequence[Problem]:
    """Return the promises that the target cannot keep."""
    found = list(_unknown(backend))
    for context in contexts(backend):
        found += [
            *_state(context),
            *_texts(context),
            *_kinds(context),
            *_sizes(context),
            *_network(context),
            *_host(context),
        ]
        found += [*_buckets(context), *_external(context), *_secrets(context)]
    return found


def _unknown(backend: Backend) -> Iterator[Problem]:
    for environment in backend.environments:
        infrastructure = environment.infrastructure
        if infrastructure and infrastructure.provider not in PROVIDERS:
            message = f"there are no modules for the provider {infrastructure.provider!r}"
            yield Problem("TERRAFORM010", message, infrastructure.where, f"use one of {', '.join(PROVIDERS)}")


def _state(context: TerraformContext) -> Iterator[Problem]:
    infrastructure = context.infrastructure
    if not infrastructure.state and infrastructure.provider != "local":
        message = f"the state of {context.environment.name} would be a local file without a lock"
        yield Problem("TERRAFORM011", message, infrastructure.where, "set Infrastructure(…, state='the-bucket')")


def _texts(context: TerraformContext) -> Iterator[Problem]:
    """Yield each text that is blank or has a space in it: the provider would refuse it at the first apply."""
    infrastructure = context.infrastructure
    for name in ("state", "region", "dns_zone"):
        text = getattr(infrastructure, name)
        if text != "".join(text.split()):
            message = f"{name} of {context.environment.name} is {text!r}, with a space in it"
            mend = f"write Infrastructure(…, {name}='{''.join(text.split()) or '…'}')"
            yield Problem("TERRAFORM019", message, infrastructure.where, mend)


def _kinds(context: TerraformContext) -> Iterator[Problem]:
    for module in context.modules:
        if module.kind not in context.provider.kinds:
            others = ", ".join(name for name, each in PROVIDERS.items() if module.kind in each.kinds)
            provider = context.provider.name
            message = f"{context.environment.name} needs {module.kind}, for which {provider} has no module"
            mend = f"use another provider: {others}; or create it yourself, and set external=({module.kind!r},)"
            yield Problem("TERRAFORM012", message, context.infrastructure.where, mend)


def _sizes(context: TerraformContext) -> Iterator[Problem]:
    infrastructure, known = context.infrastructure, context.provider.sizes
    for kind, size in infrastructure.sizes.items():
        if kind not in known:
            message = f"{kind} has no size"
            yield Problem("TERRAFORM013", message, infrastructure.where, f"sizes are of {', '.join(sorted(known))}")
        elif not size or size != "".join(size.split()):
            mend = f"write the name of a size, such as {known[kind]!r}, or remove it from sizes"
            yield Problem("TERRAFORM013", f"the size of {kind} is {size!r}", infrastructure.where, mend)
    if infrastructure.nodes < 1 or infrastructure.disk < 1:
        message = f"{infrastructure.nodes} nodes, and a disk of {infrastructure.disk} GB"
        yield Problem("TERRAFORM013", message, infrastructure.where, "write numbers from 1 up")


def _network(context: TerraformContext) -> Iterator[Problem]:
    cidr, where = context.infrastructure.cidr, context.infrastructure.where
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError:
        yield Problem("TERRAFORM014", f"{cidr!r} is not an IPv4 network", where, "write it as cidr='10.20.0.0/16'")
        return
    if not any(network.subnet_of(each) for each in PRIVATE):
        ranges = ", ".join(map(str, PRIVATE))
        message = f"{cidr!r} is not in a private range: {ranges}"
        yield Problem("TERRAFORM014", message, where, "write cidr='10.20.0.0/16', or another network in one of these")
    elif not LARGEST <= network.prefixlen <= SMALLEST:
        message = f"{cidr!r} is not from /{LARGEST} to /{SMALLEST}, the sizes that every provider permits"
        yield Problem("TERRAFORM014", message, where, "write cidr='10.20.0.0/16', or a smaller network")
    yield from _taken(context, network)


def _taken(context: TerraformContext, network: ipaddress.IPv4Network) -> Iterator[Problem]:
    """Yield each network of Pods or Services that the network overlaps: their traffic would be lost."""
    has_cluster = any(module.kind == "cluster" for module in context.modules)
    for each in context.provider.inside if has_cluster else ():
        if network.overlaps(ipaddress.IPv4Network(each)):
            message = f"{str(network)!r} overlaps {each}, which the cluster uses for its Pods or Services"
            yield Problem("TERRAFORM014", message, context.infrastructure.where, "write cidr='10.20.0.0/16'")


def _host(context: TerraformContext) -> Iterator[Problem]:
    zone = context.infrastructure.dns_zone.rstrip(".")
    if context.host and zone and context.host != zone and not context.host.endswith(f".{zone}"):
        message = f"{context.host} is not in the zone {zone}"
        yield Problem("TERRAFORM015", message, context.infrastructure.where, "set the zone of the host")


def _buckets(context: TerraformContext) -> Iterator[Problem]:
    """Yield each wish of a bucket that the provider cannot grant."""
    features, provider = context.provider.buckets, context.provider.name
    for module in context.modules:
        buckets = module.arguments.get("buckets") if module.kind == "buckets" else None
        for name, wishes in sorted(buckets.items()) if isinstance(buckets, dict) else ():
            missing = [wish for wish in WISHES if wishes[wish] and wish not in features]
            if missing:
                others = ", ".join(key for key, each in PROVIDERS.items() if each.buckets >= set(missing))
                message = f"the bucket {name} has {' and '.join(missing)}, which {provider} does not support"
                mend = f"use another provider: {others}; or remove {' and '.join(missing)} from the Bucket"
                yield Problem("TERRAFORM016", message, context.infrastructure.where, mend)


def _external(context: TerraformContext) -> Iterator[Problem]:
    """Yield each external kind that the environment does not need, or that others read: a typing error, mostly."""
    needed = [module.kind for module in context.needed]
    for kind in context.infrastructure.external:
        if kind not in needed:
            message = f"{kind!r} is external, but {context.environment.name} does not need it"
            mend = f"remove it; the needs are {', '.join(needed)}"
            yield Problem("TERRAFORM017", message, context.infrastructure.where, mend)
        elif kind == "network":
            message = "the network cannot be external: the other modules depend on it"
            yield Problem("TERRAFORM017", message, context.infrastructure.where, "remove 'network' from external=")


def _secrets(context: TerraformContext) -> Iterator[Problem]:
    """Yield the longest secret where its name is longer than the provider permits: the cluster asks for that name."""
    cluster, longest = context.environment.kubernetes, SECRETS.get(context.provider.name)
    made = [name for module in context.modules if module.kind == "secrets" for name in context.stored]
    name = max(made, key=len, default="")
    if cluster and longest and len(name) > longest:
        message = f"the secret {name} has {len(name)} characters, and {context.provider.name} permits {longest}"
        mend = f"shorten ExternalSecrets(path=…) by {len(name) - longest} characters"
        yield Problem("TERRAFORM018", message, cluster.secrets.where, mend)
