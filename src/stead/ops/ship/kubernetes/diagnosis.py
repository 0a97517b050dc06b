"""Diagnose a rollout or a job that does not complete: what its Pods wait for, and their last log lines."""

import json
import time
from typing import Any

from stead.ops.ship.error import LAST, indented
from stead.ops.ship.kubernetes.kubectl import Kubectl

POLL = 1.0
REVISION = "deployment.kubernetes.io/revision"
# Reasons that do not pass by waiting; others may.
PERMANENT = frozenset(
    ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError", "CrashLoopBackOff")
)
TIMEOUT = 20  # seconds that a reason which may pass, such as a Secret that is being synced, is waited for


class PermanentFailure:
    """Detects a reason for a Pod's wait that does not resolve itself, after it has lasted long enough."""

    def __init__(self) -> None:
        self._since = 0.0

    def is_permanent(self, reason: str) -> bool:
        if reason.partition(":")[0] not in PERMANENT:
            self._since = 0.0
            return False
        self._since = self._since or time.monotonic()
        return time.monotonic() - self._since > TIMEOUT


def rollout_failure(kubectl: Kubectl, name: str, seconds: int) -> str:
    """Wait until a Deployment has rolled out; return the reason of a failure, or an empty text."""
    end, hopeless = time.monotonic() + seconds, PermanentFailure()
    while True:
        deployment = kubectl.get("deployment", name)
        if deployment is None:
            return f"{name} was deleted during the rollout"
        if _is_rolled_out(deployment):
            return ""
        pods = _pods(kubectl, name, _replica_set(kubectl, name, deployment))
        reason = _waits_for(pods)
        if hopeless.is_permanent(reason) or time.monotonic() > end:
            why = reason or "its Pods do not become ready"
            return "\n".join([f"{name} is not ready: {why}", *_last(kubectl, name, pods)])
        time.sleep(POLL)


def _is_rolled_out(deployment: dict[str, Any]) -> bool:
    status, wanted = deployment.get("status", {}), deployment["spec"].get("replicas", 1)
    counts = (status.get(key, 0) for key in ("updatedReplicas", "availableReplicas", "replicas"))
    return status.get("observedGeneration", 0) >= deployment["metadata"]["generation"] and all(
        count == wanted for count in counts
    )


def job_failure(kubectl: Kubectl, name: str, seconds: int) -> str:
    """Wait until a Job is complete; return why it failed, or an empty text."""
    end, hopeless = time.monotonic() + seconds, PermanentFailure()
    while True:
        job = kubectl.get("job", name)
        conditions = {each["type"]: each for each in (job or {}).get("status", {}).get("conditions", ())}
        if conditions.get("Complete", {}).get("status") == "True":
            return ""
        failed = conditions.get("Failed", {})
        pods = _pods(kubectl, name, (job or {}).get("metadata", {}).get("uid", ""))
        reason = _waits_for(pods)
        if failed.get("status") == "True" or hopeless.is_permanent(reason) or time.monotonic() > end:
            why = failed.get("message") or reason or f"it is not complete within {seconds} s"
            return "\n".join([f"{name} failed: {why}", *_last(kubectl, name, pods)])
        time.sleep(POLL)


def _replica_set(kubectl: Kubectl, name: str, deployment: dict[str, Any]) -> str:
    """Return the uid of the ReplicaSet of a Deployment's newest template; empty when it does not exist yet."""
    revision = deployment["metadata"].get("annotations", {}).get(REVISION)
    for each in _listed(kubectl, "replicasets", name):
        owners = [owner["uid"] for owner in each["metadata"].get("ownerReferences", ())]
        is_newest = each["metadata"].get("annotations", {}).get(REVISION) == revision
        if is_newest and deployment["metadata"].get("uid") in owners:
            return str(each["metadata"]["uid"])
    return ""


def _pods(kubectl: Kubectl, name: str, owner: str) -> list[dict[str, Any]]:
    """Return the Pods of one owner, the newest first, without those of the previous version."""
    found = [each for each in _listed(kubectl, "pods", name) if _is_owned(each, owner)]
    return sorted(found, key=lambda each: str(each["metadata"]["creationTimestamp"]), reverse=True)


def _is_owned(pod: dict[str, Any], owner: str) -> bool:
    return any(each["uid"] == owner for each in pod["metadata"].get("ownerReferences", ()))


def _listed(kubectl: Kubectl, kind: str, name: str) -> list[dict[str, Any]]:
    done = kubectl.look("get", kind, f"--selector=app.kubernetes.io/name={name}", "--output=json")
    found: list[dict[str, Any]] = json.loads(done.stdout)["items"] if done.returncode == 0 else []
    return found


def _waits_for(pods: list[dict[str, Any]]) -> str:
    """Return the first reason why one of these Pods does not run."""
    for pod in pods:
        status = pod.get("status", {})
        for each in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
            waiting = each.get("state", {}).get("waiting")
            if waiting and waiting.get("reason") not in ("PodInitializing", "ContainerCreating"):
                return ": ".join(part for part in (waiting.get("reason"), waiting.get("message")) if part)
        for each in status.get("conditions", ()):
            if each["type"] == "PodScheduled" and each["status"] == "False":
                return f"no node can run it: {each.get('message', '')}"
    return ""


def _last(kubectl: Kubectl, name: str, pods: list[dict[str, Any]]) -> list[str]:
    """Return the last log lines of the newest Pod; those of its previous container after a restart."""
    for pod in pods[:1]:
        own = pod["metadata"]["name"]
        for previous in ("--previous", ""):
            words = ("logs", own, f"--container={name}", f"--tail={LAST}", *([previous] if previous else []))
            output = indented(kubectl.look(*words).stdout)
            if output:
                return ["its last output", *output]
    return []
