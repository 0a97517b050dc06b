"""`python -m stead.ops.cluster.vault_role`: write the role and policies by which each process reads only its documents.

One role admits exactly the described accounts, without any policy. Each account is an entity with the policy of its
process. Correct objects are not written again. An account that is not described any more is removed, unless one of its
Pods still runs: then nothing is changed, and the Job fails with its name.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from stead.model import SteadError
from stead.ops.cluster.clients import api_server, required_variable, vault
from stead.ops.cluster.http import RefusedError, Server

BY_NAME = "serviceaccount_name"  # an alias is `namespace/account`, so that it outlives the account's own id


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Update the role; return the exit status. `DRY_RUN=1` prints the changes, and makes none."""
    dry = environ.get("DRY_RUN") == "1"
    try:
        desired = json.loads(required_variable(environ, "DESIRED"))
        store, auth = vault(environ), required_variable(environ, "VAULT_AUTH")
        role = _role(store, auth, desired["role"])
        _refuse_running(environ, role, desired)
        for line in changes(store, auth, role, desired, dry=dry):
            sys.stderr.write(f"{'would be ' if dry else ''}{line}\n")
    except SteadError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def changes(
    store: Server, auth: str, role: Mapping[str, Any], desired: Mapping[str, Any], *, dry: bool
) -> Iterator[str]:
    """Write the differences, and yield a line for each change."""
    yield from _policies(store, desired, dry=dry)
    yield from _entities(store, auth, desired, dry=dry)
    expected = wanted_role(desired)
    if any(role.get(key) != value for key, value in expected.items()):
        if not dry:
            store.ask("POST", f"/v1/auth/{auth}/role/{desired['role']}", expected)
        accounts = ", ".join(expected["bound_service_account_names"])
        yield f"changed: the role {desired['role']} admits {accounts}"


def wanted_role(desired: Mapping[str, Any]) -> dict[str, Any]:
    """Return the role in Vault's form: exactly these accounts, no policy, a token of minutes."""
    seconds = int(desired["ttl"].removesuffix("m")) * 60
    return {
        "alias_name_source": BY_NAME,
        "audience": desired["audience"],
        "bound_service_account_names": sorted(desired["accounts"]),
        "bound_service_account_namespaces": [desired["namespace"]],
        "token_policies": [],
        "token_ttl": seconds,
        "token_max_ttl": seconds,
    }


def _role(store: Server, auth: str, name: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = store.ask("GET", f"/v1/auth/{auth}/role/{name}")["data"]
    except RefusedError as error:
        if error.status != 404:
            raise
        return {}
    return found | {"bound_service_account_names": sorted(found.get("bound_service_account_names") or ())}


def _refuse_running(environ: Mapping[str, str], role: Mapping[str, Any], desired: Mapping[str, Any]) -> None:
    """Refuse to remove an account whose Pods run: they would lose their secrets at their next start."""
    gone = set(role.get("bound_service_account_names") or ()) - set(desired["accounts"])
    if not gone:
        return
    pods = api_server(environ).ask("GET", f"/api/v1/namespaces/{desired['namespace']}/pods")["items"]
    running = {
        each["spec"].get("serviceAccountName") for each in pods if each["status"].get("phase") in ("Pending", "Running")
    }
    still_running = sorted(gone & running)
    if still_running:
        names = ", ".join(still_running)
        raise SteadError(
            f"{names} would lose its secrets, and its Pods still run; delete the Pods first, or describe it again"
        )


def _policies(store: Server, desired: Mapping[str, Any], *, dry: bool) -> Iterator[str]:
    for name, text in sorted(desired["policies"].items()):
        try:
            there = store.ask("GET", f"/v1/sys/policies/acl/{name}")["data"]["policy"]
        except RefusedError as error:
            if error.status != 404:
                raise
            there = None
        if there != text:
            if not dry:
                store.ask("PUT", f"/v1/sys/policies/acl/{name}", {"policy": text})
            yield f"{'made' if there is None else 'changed'}: the policy {name}"


def _entities(store: Server, auth: str, desired: Mapping[str, Any], *, dry: bool) -> Iterator[str]:
    accessor = store.ask("GET", "/v1/sys/auth")["data"][f"{auth}/"]["accessor"]
    for account, policy in sorted(desired["accounts"].items()):
        alias = f"{desired['namespace']}/{account}"
        entity = _entity(store, policy)
        aliases = {(each["mount_accessor"], each["name"]) for each in entity.get("aliases") or ()}
        if entity.get("policies") == [policy] and (accessor, alias) in aliases:
            continue
        if not dry:
            store.ask("POST", f"/v1/identity/entity/name/{policy}", {"policies": [policy]})
            made = _entity(store, policy)
            body = {"name": alias, "canonical_id": made["id"], "mount_accessor": accessor}
            store.ask("POST", "/v1/identity/entity-alias", body)
        yield f"{'changed' if entity else 'made'}: the entity of {account}"


def _entity(store: Server, name: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = store.ask("GET", f"/v1/identity/entity/name/{name}")["data"]
    except RefusedError as error:
        if error.status != 404:
            raise
        return {}
    return found


if __name__ == "__main__":
    sys.exit(main())
