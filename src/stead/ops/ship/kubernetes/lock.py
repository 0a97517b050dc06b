"""One ship at a time into a namespace: a Lease of the API server's, which ends by itself when its holder is gone."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from stead.ops.ship.error import CommandError, LockedError
from stead.ops.ship.kubernetes.kubectl import EXISTS, Kubectl

SECONDS = 1800  # longer than a rollout is waited for
FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


@contextmanager
def locked(kubectl: Kubectl, instance: str) -> Iterator[None]:
    """Hold the lease of a backend's environment; LockedError with its holder where someone else has it."""
    name = f"{instance}-ship"
    mine = _lease(name)
    done = kubectl.look("create", "--filename=-", text=json.dumps(mine))
    if done.returncode and EXISTS in done.stderr:
        _take(kubectl, name, mine)
    elif done.returncode:
        raise CommandError("take the lease", done.returncode, done.stderr)
    try:
        yield
    finally:
        kubectl.look("delete", "lease", name, "--ignore-not-found", "--wait=false")


def _take(kubectl: Kubectl, name: str, mine: dict[str, object]) -> None:
    """Take a lease whose time is over; its version says whether another did so meanwhile."""
    there = kubectl.get("lease", name)
    if there is None:
        raise LockedError(f"another ship ended in {kubectl.namespace} just now; ship again")
    spec = there["spec"]
    until = datetime.strptime(spec["renewTime"], FORM).replace(tzinfo=UTC) + timedelta(seconds=SECONDS)
    if datetime.now(UTC) < until:
        free = f"kubectl --namespace={kubectl.namespace} delete lease {name}"
        raise LockedError(f"{spec['holderIdentity']} ships into {kubectl.namespace} now; if no ship runs: {free}")
    version = there["metadata"]["resourceVersion"]
    fresh = mine | {"metadata": {"name": name, "resourceVersion": version}}
    kubectl.run("take the lease", "replace", "--filename=-", text=json.dumps(fresh))


def _lease(name: str) -> dict[str, object]:
    who = f"{os.environ.get('USER') or os.getuid()}@{socket.gethostname()}:{os.getpid()}"
    spec = {"holderIdentity": who, "leaseDurationSeconds": SECONDS, "renewTime": datetime.now(UTC).strftime(FORM)}
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}, "spec": spec}
