"""One ship at a time into a namespace: a Lease of the API server's, which ends by itself when its holder is gone.

It is renewed while the ship lasts, however long its rollouts take; one that was killed is in nobody's way for long.
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

SECONDS = 180  # an API server that is away for two minutes costs no ship its lease
RENEWED = 30.0
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


def _renew(kubectl: Kubectl, name: str, over: Event) -> None:
    """Say every half a minute that the ship goes on; what fails is tried again, and the lease says until when."""
    while not over.wait(RENEWED):
        if _is_held(kubectl, name):
            patch = json.dumps({"spec": {"renewTime": _now()}})
            kubectl.look("patch", "lease", name, "--type=merge", f"--patch={patch}")


def _is_held(kubectl: Kubectl, name: str) -> bool:
    """Return whether the lease is this ship's; another may have taken it while no API server answered."""
    done = kubectl.look("get", "lease", name, "--output=jsonpath={.spec.holderIdentity}")
    return done.returncode == 0 and done.stdout == _holder()


def _holder() -> str:
    return f"{os.environ.get('USER') or os.getuid()}@{socket.gethostname()}:{os.getpid()}"


def _now() -> str:
    return datetime.now(UTC).strftime(FORM)


def _lease(name: str) -> dict[str, object]:
    spec = {"holderIdentity": _holder(), "leaseDurationSeconds": SECONDS, "renewTime": _now()}
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}, "spec": spec}
