"""A sealed file → the Secrets of Kubernetes that an environment's processes read: plain, for `kubectl apply -f -`, or
as SealedSecrets, for a repository that is synced.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from stead.model.kubernetes import Secrets
from stead.model.resource_form import form_of
from stead.ops.sops.error import SopsError
from stead.ops.sops.sealed_secret import SealedSecret, sealed_value
from stead.ops.sops.secret_names import keyring, keyrings
from stead.render import yaml
from stead.render.compose.secret import ADMIN as ADMIN_URL
from stead.render.kubernetes import secret
from stead.render.kubernetes.context import DATABASES, ClusterContext
from stead.render.kubernetes.core import Manifest
from stead.render.kubernetes.secret import ProcessSecret
from stead.render.kubernetes.serialization import plain


@dataclass(frozen=True, kw_only=True)
class Secret(Manifest):
    """The secrets of one process; values in base64, which is no encryption."""

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Secret"
    type: str = "Opaque"
    data: Mapping[str, str]


def manifests_text(context: ClusterContext, values: Mapping[str, str], key: RSAPublicKey | None = None) -> str:
    """Return the Secrets of an environment as YAML; SopsError with every value that is missing.

    key  the controller's: then they are SealedSecrets
    """
    if not isinstance(context.cluster.secrets, Secrets):
        source = type(context.cluster.secrets).__name__
        raise SopsError(
            f"in {context.environment.name} secrets come from {source}; declare"
            " Kubernetes(…, secrets=Secrets()) to use the sealed file"
        )
    every = list(secret.every(context))
    found = {each: _value(context, each, values) for each in every}
    missing = sorted({_name(each) for each, value in found.items() if each.required and not value})
    if missing:
        raise SopsError(f"{context.environment.name} has no {', '.join(missing)}: stead secret set")
    secrets = _secrets(context, found)
    return "---\n".join(yaml.written(plain(_sealed(each, key) if key else each)) for each in secrets)


def _secrets(context: ClusterContext, found: Mapping[ProcessSecret, str]) -> Iterator[Secret]:
    for process in dict.fromkeys(each.process for each in found):
        data = {each.key: _encoded(value) for each, value in found.items() if each.process == process and value}
        component = context.components.get(process, "job")
        yield Secret(metadata=context.metadata(secret.secret_name(process), component), data=data)


def _sealed(each: Secret, key: RSAPublicKey) -> SealedSecret:
    """Return a SealedSecret for the controller, which creates a Secret of the same name and labels."""
    name, namespace = each.metadata.name, each.metadata.namespace or "default"
    data = {
        item: sealed_value(key, base64.b64decode(text), namespace, name) for item, text in sorted(each.data.items())
    }
    template = {
        "metadata": {"name": name, "namespace": namespace, "labels": dict(each.metadata.labels)},
        "type": each.type,
    }
    return SealedSecret(metadata=each.metadata, spec={"encryptedData": data, "template": template})


def _value(context: ClusterContext, each: ProcessSecret, values: Mapping[str, str]) -> str:
    """Return one value; a keyring is derived from its callers' keys, and a part of a URL from that URL."""
    if each.source:
        url = values.get(each.source.url, "")
        return form_of(each.source.kind, url, each.source.form) if url else ""
    callers = keyrings(context.backend, context.environment).get(each.shared)
    return keyring(callers, values) if callers is not None else values.get(_name(each), "")


def _name(each: ProcessSecret) -> str:
    return ADMIN_URL if each.process == DATABASES and each.key == secret.ADMIN else each.shared


def _encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()
