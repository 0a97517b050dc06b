"""`python -m stead.ops.cluster.registry_secret`: copy the registry's credentials from Vault into the pull secret.

The document has REGISTRY_URL, REGISTRY_USERNAME and REGISTRY_PASSWORD. If it is missing or incomplete, the present
Secret stays unchanged, and the Job fails with the reason.
"""

import base64
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from stead.model import SteadError
from stead.ops.cluster.clients import api_server, applied, document, required_variable, vault

KEYS = ("REGISTRY_URL", "REGISTRY_USERNAME", "REGISTRY_PASSWORD")
TYPE = "kubernetes.io/dockerconfigjson"


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Copy the credentials; return the exit status."""
    try:
        namespace, name = required_variable(environ, "NAMESPACE"), required_variable(environ, "OBJECT")
        path = required_variable(environ, "VAULT_DOCUMENT")
        manifest = pull_secret(namespace, name, document(vault(environ), path), path)
        applied(api_server(environ), f"/api/v1/namespaces/{namespace}/secrets/{name}", manifest)
    except SteadError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write(f"{name}: updated from {path}\n")
    return 0


def pull_secret(namespace: str, name: str, found: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return the Secret; SteadError when the document lacks a key."""
    missing = [key for key in KEYS if not isinstance(found.get(key), str) or not found[key].strip()]
    if missing:
        raise SteadError(f"{path} has no {', '.join(missing)}; the Secret {name} is unchanged")
    url, user, password = (found[key].strip() for key in KEYS)
    host = url.removeprefix("https://").removeprefix("http://").rstrip("/")
    credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
    configuration = {"auths": {host: {"username": user, "password": password, "auth": credentials}}}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/managed-by": "stead"}},
        "type": TYPE,
        "data": {".dockerconfigjson": base64.b64encode(json.dumps(configuration).encode()).decode()},
    }


if __name__ == "__main__":
    sys.exit(main())
