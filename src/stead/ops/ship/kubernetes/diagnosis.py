"""Why a rollout or a job does not come to its end: what its Pods wait for, and what they wrote last."""

import json
import time
from typing import Any

from stead.ops.ship.error import LAST, indented
from stead.ops.ship.kubernetes.kubectl import Kubectl

POLL = 1.0
# What no waiting fixes; anything else may still come.
PERMANENT = frozenset(
    ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError", "CrashLoopBackOff")
)
TIMEOUT = 20  # seconds that a reason which may pass, such as a Secret that is being synced, is waited for


class PermanentFailure:
    """Tells whether a reason for which a Pod waits has been one that no waiting fixes, for long enough."""

    def __init__(self) -> None:
        self._since = 0.0

    def is_permanent(self, reason: str) -> bool:
        if reason.partition(":")[0] not in PERMANENT:
            self._since = 0.0
            return False
        self._since = self._since or time.monotonic()
        return time.monotonic() - self._since > TIMEOUT


def rollout_failure(kubectl: Kubectl, name: str, seconds: int) -> str:
    """Wait until a Deployment has rolled out; return what keeps it, or an empty text."""
    end, hopeless = time.monotonic() + seconds, PermanentFailure()
    while True:
        deployment = kubectl.get("deployment", name)
        if deployment is None:
            return f"{name} was deleted meanwhile"
        if _is_rolled_out(deployment):
            return ""
        reason = _waits_for(kubectl, name)
        if hopeless.is_permanent(reason) or time.monotonic() > end:
            why = reason or "its Pods do not become ready"
            return "\n".join([f"{name} is not ready: {why}", *_last(kubectl, name)])
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
        reason = _waits_for(kubectl, name)
        if failed.get("status") == "True" or hopeless.is_permanent(reason) or time.monotonic() > end:
            why = failed.get("message") or reason or f"it is not done after {seconds} s"
            return "\n".join([f"{name} failed: {why}", *_last(kubectl, name)])
        time.sleep(POLL)


def _pods(kubectl: Kubectl, name: str) -> list[dict[str, Any]]:
    """Return the Pods of a process, the newest first."""
    done = kubectl.look("get", "pods", f"--selector=app.kubernetes.io/name={name}", "--output=json")
    found: list[dict[str, Any]] = json.loads(done.stdout)["items"] if done.returncode == 0 else []
    return sorted(found, key=lambda each: str(each["metadata"]["creationTimestamp"]), reverse=True)


def _waits_for(kubectl: Kubectl, name: str) -> str:
    """Return the first reason for which a Pod of it does not run."""
    for pod in _pods(kubectl, name):
        status = pod.get("status", {})
        for each in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
            waiting = each.get("state", {}).get("waiting")
            if waiting and waiting.get("reason") not in ("PodInitializing", "ContainerCreating"):
                return ": ".join(part for part in (waiting.get("reason"), waiting.get("message")) if part)
        for each in status.get("conditions", ()):
            if each["type"] == "PodScheduled" and each["status"] == "False":
                return f"no node takes it: {each.get('message', '')}"
    return ""


def _last(kubectl: Kubectl, name: str) -> list[str]:
    """Return the last words of its newest Pod, those of the run before where it has just begun again."""
    for pod in _pods(kubectl, name)[:1]:
        own = pod["metadata"]["name"]
        for previous in ("--previous", ""):
            words = ("logs", own, f"--container={name}", f"--tail={LAST}", *([previous] if previous else []))
            output = indented(kubectl.look(*words).stdout)
            if output:
                return ["it wrote last", *output]
    return []
