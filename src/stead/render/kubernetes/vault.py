"""The objects in Vault by which each process reads only its own documents: policies, entities, one role.

All accounts log in with one role. A role's policies would apply to all, so the role has none: each account is an
entity, named after its service account, with the policy of that process.
"""

from typing import Any

from stead.model.kubernetes import Vault
from stead.render.kubernetes import secret
from stead.render.kubernetes.container import VolumeMount
from stead.render.kubernetes.context import DATABASES, ClusterContext
from stead.render.kubernetes.core import (
    ConfigMapProjection,
    KeyToPath,
    ProjectedVolume,
    ServiceAccountTokenProjection,
    Volume,
    VolumeProjection,
)

ROLE_JOB = "vault-role"
REGISTRY_JOB = "registry-secret-sync"
TOKENS = "/run/secrets/tokens"
VOLUME = "tokens"
TTL = "20m"
ROOT_CERTIFICATE = ConfigMapProjection(
    name="kube-root-ca.crt", items=(KeyToPath(key="ca.crt", path="ca.crt"),)
)  # of the API server; Kubernetes puts it into every namespace


def role_for(context: ClusterContext, source: Vault, job: str) -> str:
    """Return the login role of one of Stead's Jobs; the Job that updates roles has its own permissions."""
    role = secret.role_of(context, source)
    return f"{role}-admin" if job == ROLE_JOB else role


def accounts(context: ClusterContext, source: Vault) -> dict[str, tuple[str, ...]]:
    """Return every account that logs in, with the documents that it reads, sorted."""
    found = {
        process.name: secret.documents(source, secret.secrets_of(context, process))
        for process in context.described.processes
    }
    if context.makes_databases:
        found[DATABASES] = secret.documents(source, secret.of_databases(context))
    if source.registry:
        found[REGISTRY_JOB] = (f"{source.mount}/data/{source.registry}",)
    return {name: documents for name, documents in sorted(found.items()) if documents}


def policy_name(context: ClusterContext, account: str) -> str:
    return f"{context.instance}-{account}"


def policy_text(documents: tuple[str, ...]) -> str:
    """Return a policy in Vault's language: these documents are read, and nothing else is done."""
    return "".join(f'path "{document}" {{\n  capabilities = ["read"]\n}}\n' for document in documents)


def desired(context: ClusterContext, source: Vault) -> dict[str, Any]:
    """Return all objects that the Job writes to Vault."""
    found = accounts(context, source)
    return {
        "audience": source.audience,
        "namespace": context.cluster.namespace,
        "policies": {policy_name(context, name): policy_text(documents) for name, documents in found.items()},
        "role": secret.role_of(context, source),
        "ttl": TTL,
        "accounts": {name: policy_name(context, name) for name in found},
    }


def admin_policy(context: ClusterContext, source: Vault) -> str:
    """Return the policy of the role Job itself, which a person writes into Vault once."""
    role = secret.role_of(context, source)
    writable = (
        f"auth/{source.auth}/role/{role}",
        f"sys/policies/acl/{context.instance}-*",
        f"identity/entity/name/{context.instance}-*",
        "identity/entity-alias",
        "identity/lookup/entity",
    )
    lines = [f'path "{path}" {{\n  capabilities = ["create", "read", "update"]\n}}\n' for path in writable]
    lines.append('path "sys/auth" {\n  capabilities = ["read"]\n}\n')
    return "".join(lines)


def token_volumes(source: Vault) -> tuple[Volume, ...]:
    """Return the token for Vault, and the API server's own: it is mounted by hand, in the one Pod that uses it."""
    projections = (
        VolumeProjection(service_account_token=ServiceAccountTokenProjection(path="vault", audience=source.audience)),
        VolumeProjection(service_account_token=ServiceAccountTokenProjection(path="kubernetes")),
        VolumeProjection(config_map=ROOT_CERTIFICATE),
    )
    return (Volume(name=VOLUME, projected=ProjectedVolume(sources=projections)),)


def token_mounts() -> tuple[VolumeMount, ...]:
    return (VolumeMount(name=VOLUME, mount_path=TOKENS, read_only=True),)
