"""The objects that the whole backend has in common: its namespace, the policy that refuses everything, its Jobs."""

import json
from collections.abc import Iterator
from dataclasses import replace

from stead.model import Job, Limits, Resource
from stead.model.connections import POOL, pool_of
from stead.model.kubernetes import ExternalSecrets, Vault
from stead.render.context import Ready
from stead.render.kubernetes import network, secret, vault
from stead.render.kubernetes.argo import OPTIONS, UNPRUNED, WAVE
from stead.render.kubernetes.container import Container, EnvVar
from stead.render.kubernetes.context import DATABASES, ClusterContext, account
from stead.render.kubernetes.core import Manifest, Metadata, Namespace
from stead.render.kubernetes.pod import pod
from stead.render.kubernetes.policy import PolicyRule, Role, RoleBinding, RoleRef, Subject
from stead.render.kubernetes.process import BEFORE_ALL, early, job
from stead.render.kubernetes.resources import resources, temporary

SECURITY_VERSION = "v1.31"  # the oldest version of Kubernetes on which the files are tested
DATABASES_WAVE = "0"
VAULT_WAVE = "-1"
OWN_LIMITS = Limits(cpus=0.5, memory=128)


def namespace(context: ClusterContext) -> Namespace:
    """Return the namespace, in which no Pod may do more than the `restricted` standard allows."""
    annotations = {OPTIONS: "Prune=false,Delete=false", WAVE: BEFORE_ALL}
    if context.cluster.gitops:
        annotations[UNPRUNED] = "disabled"  # where Flux is the choice
    return Namespace(
        metadata=Metadata(name=context.cluster.namespace, labels=security_labels(context), annotations=annotations)
    )


def security_labels(context: ClusterContext) -> dict[str, str]:
    kinds = ("audit", "enforce", "warn")
    standard = {f"pod-security.kubernetes.io/{kind}": "restricted" for kind in kinds}
    version = {f"pod-security.kubernetes.io/{kind}-version": SECURITY_VERSION for kind in kinds}
    return {"app.kubernetes.io/part-of": context.backend.name} | standard | version


def objects(context: ClusterContext) -> Iterator[Manifest]:
    """Yield the namespace and the policy that refuses everything."""
    yield namespace(context)
    yield early(network.default_deny(context))


def databases(context: ClusterContext) -> Iterator[Manifest]:
    """Yield the Job that creates missing databases and roles, with its objects."""
    secrets = secret.of_databases(context)
    yield account(context, DATABASES, "job", {WAVE: BEFORE_ALL})
    yield early(network.of_job(context, DATABASES, network.database_servers(context)))
    if isinstance(context.cluster.secrets, ExternalSecrets):
        yield early(secret.external(context, DATABASES, "job", secrets))
    container = Container(
        name=DATABASES,
        image=context.python_image,
        args=("stead.ops.provision.databases", *_database_words(context)),
        resources=resources(OWN_LIMITS),
        volume_mounts=(temporary(), *secret.mounts(context, secrets)),
    )
    yield job(context, DATABASES, pod(context, DATABASES, "job", (container,), secrets), DATABASES_WAVE)


def _database_words(context: ClusterContext) -> Iterator[str]:
    """Yield the administrator's URL, and each database's with how often its processes run, and with what pool."""
    folder = secret.folder(context)
    yield f"{folder}/{secret.ADMIN}"
    needing = _needing(context)
    for part in sorted(context.described.parts_in("postgres"), key=lambda part: part.secret):
        users = needing.get(part.resource, [])
        scales = [(each, context.autoscale(each)) for each in users]
        replicas = sum(scale.maximum if scale else context.replicas(each) for each, scale in scales)
        pool = max((pool_of(each) for each in users), default=POOL)
        # During a rollout one more of each runs than described.
        replicas += sum(not isinstance(each, Job) for each in users)
        yield f"{folder}/{part.secret}:{max(replicas, 1)}:{pool}"


def _needing(context: ClusterContext) -> dict[Resource, list[Ready]]:
    """Return the processes by the resources that they need."""
    found: dict[Resource, list[Ready]] = {}
    for process in context.described.ready:
        for resource in dict.fromkeys(process.resources):
            found.setdefault(resource, []).append(process)
    return found


def vault_role(context: ClusterContext, source: Vault) -> Iterator[Manifest]:
    """Yield the Job that updates Vault's role, policies and entities, with its objects."""
    name = vault.ROLE_JOB
    rules = (
        PolicyRule(api_groups=("",), resources=("pods",), verbs=("list",)),
        PolicyRule(api_groups=("",), resources=("serviceaccounts",), verbs=("get",)),
    )
    desired = json.dumps(vault.desired(context, source), sort_keys=True, separators=(",", ":"))
    yield from _own_job(context, source, name, rules, "stead.ops.cluster.vault_role", {"DESIRED": desired})


def registry_secret(context: ClusterContext, source: Vault) -> Iterator[Manifest]:
    """Yield the Job that copies the registry's credentials to the pull secret, with its objects.

    Only this Job may create or change Secrets; its role is limited to one name. The server-side apply of a new Secret
    also needs `create`, which cannot be limited to a name.
    """
    pull = context.cluster.pull_secret
    rules = (
        PolicyRule(api_groups=("",), resources=("secrets",), resource_names=(pull,), verbs=("get", "patch")),
        PolicyRule(api_groups=("",), resources=("secrets",), verbs=("create",)),
    )
    environ = {"OBJECT": pull, "VAULT_DOCUMENT": f"{source.mount}/data/{source.registry}"}
    yield from _own_job(context, source, vault.REGISTRY_JOB, rules, "stead.ops.cluster.registry_secret", environ)


def _own_job(
    context: ClusterContext,
    source: Vault,
    name: str,
    rules: tuple[PolicyRule, ...],
    module: str,
    environ: dict[str, str],
) -> Iterator[Manifest]:
    """Yield a Job that talks to Vault and to the API server, with a token for each."""
    yield account(context, name, "job", {WAVE: BEFORE_ALL})
    yield early(network.of_job(context, name, (source.server,), (network.api_server(context),)))
    yield early(Role(metadata=context.metadata(name, "job"), rules=rules))
    yield early(
        RoleBinding(
            metadata=context.metadata(name, "job"),
            role_ref=RoleRef(name=name),
            subjects=(Subject(name=name, namespace=context.cluster.namespace),),
        )
    )
    environ = environ | {
        "NAMESPACE": context.cluster.namespace,
        "VAULT_ADDR": source.address,
        "VAULT_AUTH": source.auth,
        "VAULT_ROLE": vault.role_for(context, source, name),
    }
    container = Container(
        name=name,
        image=context.python_image,
        args=(module,),
        env=tuple(EnvVar(name=key, value=environ[key]) for key in sorted(environ)),
        resources=resources(OWN_LIMITS),
        volume_mounts=(temporary(), *vault.token_mounts()),
    )
    made = pod(context, name, "job", (container,), ())
    spec = replace(made.spec, volumes=(*made.spec.volumes, *vault.token_volumes(source)))
    yield job(context, name, replace(made, spec=spec), VAULT_WAVE)
