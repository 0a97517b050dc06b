"""The lock of a namespace, for one ship at a time: a Lease of the API server, which expires without its holder.

It is renewed during the ship, however long the rollouts take; the lease of a killed ship soon expires.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from stead.ops.ship.error import CommandError, LockedError
from stead.ops.ship.kubernetes.kubectl import EXISTS, Kubectl

SECONDS = 180  # an API server that is unreachable for two minutes costs no ship its lease
RENEWED = 30.0
FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


@contextmanager
def locked(kubectl: Kubectl, instance: str) -> Iterator[None]:
    """Hold the lease of a backend's environment; LockedError names the holder."""
    name = f"{instance}-ship"
    mine = _lease(name)
    done = kubectl.look("create", "--filename=-", text=json.dumps(mine))
    if done.returncode and EXISTS in done.stderr:
        _take(kubectl, name, mine)
    elif done.returncode:
        raise CommandError("take the lease", done.returncode, done.stderr)
    over = Event()
    renewing = Thread(target=_renew, args=(kubectl, name, over), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()
        if _is_held(kubectl, name):
            kubectl.look("delete", "lease", name, "--ignore-not-found", "--wait=false")


def _take(kubectl: Kubectl, name: str, mine: dict[str, object]) -> None:
    """Take an expired lease; its resource version detects that another ship took it first."""
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


def _renew(kubectl: Kubectl, name: str, over: Event) -> None:
    """Renew the lease every half a minute; a failure is retried while the lease is valid."""
    while not over.wait(RENEWED):
        if _is_held(kubectl, name):
            patch = json.dumps({"spec": {"renewTime": _now()}})
            kubectl.look("patch", "lease", name, "--type=merge", f"--patch={patch}")


def _is_held(kubectl: Kubectl, name: str) -> bool:
    """Return whether this ship still holds the lease; another may have taken it while the API server did not answer."""
    done = kubectl.look("get", "lease", name, "--output=jsonpath={.spec.holderIdentity}")
    return done.returncode == 0 and done.stdout == _holder()


def _holder() -> str:
    return f"{os.environ.get('USER') or os.getuid()}@{socket.gethostname()}:{os.getpid()}"


def _now() -> str:
    return datetime.now(UTC).strftime(FORM)


def _lease(name: str) -> dict[str, object]:
    spec = {"holderIdentity": _holder(), "leaseDurationSeconds": SECONDS, "renewTime": _now()}
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}, "spec": spec}
