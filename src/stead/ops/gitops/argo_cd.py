"""The state of an environment in Argo CD: whether each Application is synced and healthy at a commit.

The state is read from the API server, as by `kubectl get applications`, which needs no login to Argo CD and no port. A
status at another commit does not count: the previous version was Synced and Healthy, too.

Errors:
    NotReadyError    Argo CD does not know the environment
    ShipError        it does not become healthy at the commit; the text names the Application, with Argo CD's message
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stead.ops.ship.error import CommandError, NotReadyError, ShipError
from stead.ops.ship.kubernetes.kubectl import Kubectl

KIND = "applications.argoproj.io"
REFRESH = "argocd.argoproj.io/refresh=hard"
FAILED = ("Failed", "Error")
RUNNING = ("Running", "Terminating")
TERMINATING = json.dumps({"status": {"operationState": {"phase": "Terminating"}}})
DEGRADED_SECONDS = 30.0  # a rollout passes through Degraded where what ran before was
SUPERSEDED_SECONDS = 30.0  # how long a sync of an earlier revision may delay that of the commit
PAUSE = 2.0
Status = Mapping[str, Any]
Includes = Callable[[str], bool]  # whether a revision contains the commit


@dataclass(frozen=True)
class ArgoCd:
    """The Applications of one environment.

    kubectl  asks the namespace in which Argo CD runs
    parent   the Application that holds the others
    others   the names of those
    """

    kubectl: Kubectl
    parent: str
    others: Sequence[str]

    def check(self) -> None:
        """Raise NotReadyError unless Argo CD knows the Application that holds the others."""
        if self._statuses().get(self.parent) is None:
            mend = "kubectl apply -f deploy/kubernetes/ENVIRONMENT/argocd/, once"
            raise NotReadyError(f"Argo CD has no Application {self.parent} in {self.kubectl.namespace}: {mend}")

    def is_well(self, includes: Includes) -> bool:
        """Return whether all are synced and healthy now, at a revision that includes the commit."""
        statuses = self._statuses()
        return not any(line for name in self._names for line in _pending(name, statuses.get(name), includes))

    def wait(self, commit: str, seconds: float, includes: Includes | None = None) -> None:
        """Wait until all are synced and healthy at a commit; ShipError when one fails there, or time is up.

        A later revision counts if `includes` returns that it has the commit.
        """
        includes = includes or commit.__eq__
        end, degraded, superseded = time.monotonic() + seconds, dict[str, float](), dict[str, float]()
        refreshed = set[str]()
        while True:
            late = time.monotonic() > end
            try:
                statuses = self._statuses()
                self._refresh(statuses, includes, refreshed)
                self._end_superseded(statuses, includes, superseded)
            except CommandError:
                if late:
                    raise
                time.sleep(PAUSE)  # an API server that is unreachable for a moment says nothing about the version
                continue
            pending = [line for name in self._names for line in _pending(name, statuses.get(name), includes)]
            if not pending:
                return
            failed = [line for name in self._names for line in _failed(name, statuses.get(name, {}), includes)]
            failed += self._degraded(statuses, includes, degraded)
            if failed or late:
                why = failed or [f"not synced and healthy within {seconds:.0f} s:", *pending]
                raise ShipError(
                    "\n".join([f"Argo CD reports a failure at {commit[:7]}:", *(f"  {line}" for line in why)])
                )
            time.sleep(PAUSE)

    def terminate(self) -> None:
        """Terminate the running syncs: one that waits for a job of a broken version would block the next."""
        for name, status in self._statuses().items():
            if name in self._names and _is_running(status):
                self._terminate(name)

    def _terminate(self, name: str) -> None:
        self.kubectl.run(f"terminate the sync of {name}", "patch", KIND, name, "--type=merge", f"--patch={TERMINATING}")

    def _end_superseded(self, statuses: Mapping[str, Status], includes: Includes, since: dict[str, float]) -> None:
        """Terminate a running sync of an earlier revision: Argo CD runs one sync at a time."""
        known = {name: statuses[name] for name in self._names if name in statuses}
        found = [
            name for name, status in known.items() if _is_at(status, includes) and _is_superseded(status, includes)
        ]
        for name in _lasting(found, since, SUPERSEDED_SECONDS):
            self._terminate(name)

    @property
    def _names(self) -> tuple[str, ...]:
        return (self.parent, *self.others)

    def _statuses(self) -> dict[str, Status]:
        done = self.kubectl.look("get", KIND, "--output=json")
        if done.returncode:
            if "the server doesn't have a resource type" in done.stderr:
                raise NotReadyError("this cluster knows no Applications: install Argo CD, or use another --context")
            raise CommandError(f"kubectl get {KIND}", done.returncode, done.stderr)
        return {each["metadata"]["name"]: each.get("status", {}) for each in json.loads(done.stdout)["items"]}

    def _refresh(self, statuses: Mapping[str, Status], includes: Includes, done: set[str]) -> None:
        """Refresh Argo CD's view of the repository: its cache would keep an Application at the previous commit for
        minutes.

        The parent Application comes first, since it creates and changes the others.
        """
        first = self.parent not in done
        now = [self.parent] if first else [name for name in self.others if name in statuses and name not in done]
        if now and (first or _is_at(statuses.get(self.parent, {}), includes)):
            self.kubectl.run("refresh Argo CD", "annotate", KIND, *now, REFRESH, "--overwrite")
            done.update(now)

    def _degraded(self, statuses: Mapping[str, Status], includes: Includes, since: dict[str, float]) -> Iterator[str]:
        """Yield Applications that stay degraded at the commit; `since` has the first time of each."""
        known = {name: statuses.get(name, {}) for name in self._names}
        found = [name for name, status in known.items() if _is_at(status, includes) and _health(status) == "Degraded"]
        for name in _lasting(found, since, DEGRADED_SECONDS):
            yield f"{name} is Degraded{_reason(known[name])}"


def _lasting(found: Sequence[str], since: dict[str, float], seconds: float) -> Iterator[str]:
    """Yield conditions that have lasted for some seconds; `since` has the first time of each."""
    for name in since.keys() - set(found):
        del since[name]
    for name in found:
        if time.monotonic() - since.setdefault(name, time.monotonic()) > seconds:
            yield name


def _pending(name: str, status: Status | None, includes: Includes) -> Iterator[str]:
    """Yield each Application that is not synced and healthy yet."""
    if status is None:
        yield f"{name} does not exist yet"
        return
    sync = status.get("sync", {})
    if not _is_at(status, includes):
        yield f"{name} is at {sync.get('revision', 'no commit')[:7]}{_reason(status)}"
    elif sync.get("status") != "Synced":
        yield f"{name} is {sync.get('status', 'Unknown')}{_reason(status)}"
    elif _is_running(status):
        yield f"{name} is syncing{_reason(status)}"
    elif _health(status) != "Healthy":
        yield f"{name} is {_health(status)}{_reason(status)}"


def _failed(name: str, status: Status, includes: Includes) -> Iterator[str]:
    """Yield failed syncs to this commit, after all their retries."""
    operation, revision = status.get("operationState", {}), _revision_of_sync(status)
    if operation.get("phase") in FAILED and revision and includes(revision):
        yield f"{name}: the sync failed: {operation.get('message', 'no reason given')}"


def _is_running(status: Status) -> bool:
    """Return whether a sync runs. Under load a finished sync may keep the phase `Running`, with a time of its end."""
    operation = status.get("operationState", {})
    return operation.get("phase") in RUNNING and not operation.get("finishedAt")


def _is_superseded(status: Status, includes: Includes) -> bool:
    """Return whether the running sync is of a revision without the commit."""
    revision = _revision_of_sync(status)
    return _is_running(status) and bool(revision) and not includes(revision)


def _revision_of_sync(status: Status) -> str:
    """Return the revision of the running or last sync."""
    operation = status.get("operationState", {})
    asked = operation.get("operation", {}).get("sync", {})
    return str(operation.get("syncResult", asked).get("revision") or "")


def _is_at(status: Status, includes: Includes) -> bool:
    revision = status.get("sync", {}).get("revision")
    return bool(revision) and includes(revision)


def _health(status: Status) -> str:
    return str(status.get("health", {}).get("status", "Unknown"))


def _reason(status: Status) -> str:
    """Return Argo CD's messages with the reason: conditions, and objects that are not healthy."""
    found = [each.get("message", "") for each in status.get("conditions", [])]
    for each in status.get("resources", []):
        health = each.get("health", {})
        if health.get("status") in ("Degraded", "Missing") and health.get("message"):
            found.append(f"{each.get('kind')} {each.get('name')}: {health['message']}")
    operation = status.get("operationState", {})
    if operation.get("phase") in ("Running", *FAILED) and operation.get("message"):
        found.append(operation["message"])
    return f": {'; '.join(dict.fromkeys(found))}" if any(found) else ""
