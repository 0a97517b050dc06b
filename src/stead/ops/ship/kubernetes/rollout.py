"""A rollout to a cluster: one release of a backend, from the server-side dry run to the smoke test; and the rollback.

    consent   every object in the namespace is ours; the API server accepts every object in a dry run; each required
              Secret exists
    waves     accounts and policies, databases, jobs before, services, jobs after: each waits for the one before
    smoke     the gateway reports this version, and refuses what it must
    record    the namespace stores which release runs

A failure before the first wave leaves the running release unchanged. A later failure, an interruption included, is
undone: the previous objects are applied again. The next ship finds a killed one in the record, and undoes it.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass

from stead.model import SteadError
from stead.ops.ship.error import CommandError, NotReadyError, ShipError, indented, noting
from stead.ops.ship.kubernetes import diagnosis
from stead.ops.ship.kubernetes.kubectl import Kubectl
from stead.ops.ship.kubernetes.lock import locked
from stead.ops.ship.kubernetes.manifests import NAMESPACE, Object, Shipment, names_of, waves
from stead.ops.ship.kubernetes.missing import missing_secrets
from stead.ops.ship.kubernetes.ownership import abandoned, foreign_objects, namespace_owner
from stead.ops.ship.kubernetes.record import Record
from stead.ops.ship.step import StepListener, step
from stead.render.kubernetes.release import Release

Smoke = Callable[[str], Iterator[str]]
DRY = "--dry-run=server"
FIRST = 5  # lines of a refusal: of a conflict the rest is general advice


@dataclass(frozen=True)
class ClusterRollout:
    """One release to one environment of a cluster.

    smoke    asks the gateway for a version, and yields what is wrong
    on_step  called with each step when it ends: its title, its seconds, what was wrong
    seconds  how long a job or a rollout may take
    """

    shipment: Shipment
    kubectl: Kubectl
    smoke: Smoke
    on_step: StepListener
    seconds: int = 600

    @property
    def release(self) -> Release:
        return self.shipment.context.release

    @property
    def record(self) -> Record:
        return Record(self.kubectl, self.shipment.context.instance)

    def make(self) -> None:
        """Ship; ShipError holds the reason of a failure, and the running version."""
        with self._step(f"{self.kubectl.namespace} exists in the cluster {self.kubectl.cluster()}".strip()):
            self._namespace()
        with locked(self.kubectl, self.shipment.context.instance):
            self._undo_switch()
            with noting(self._untouched):
                self._consent()
            self._switch()

    def back(self) -> str:
        """Restore the version that was shipped last, and return it; ShipError without one, or when it fails."""
        with locked(self.kubectl, self.shipment.context.instance):
            before = self.record.current()
            if before is None:
                raise NotReadyError(f"nothing was shipped into {self.kubectl.namespace} yet")
            with noting(lambda: self._halfway(before)):
                self._bring(before)
            return before.version

    def _untouched(self) -> str:
        before = self.record.current()
        return (
            f"{before.version} still runs, unchanged" if before else "nothing was changed, and no earlier version runs"
        )

    def _halfway(self, before: Release) -> str:
        return f"{before.version} is not completely restored; continue: stead ship kubernetes --back"

    def difference(self) -> str:
        """Return the output of kubectl diff; empty without a change."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(self.shipment.objects)})
        done = self.kubectl.look("diff", "--server-side", "--force-conflicts", "--filename=-", text=text)
        if done.returncode > 1:
            raise CommandError("kubectl diff", done.returncode, done.stderr)
        return done.stdout

    def _namespace(self) -> None:
        """Create the namespace if it does not exist; NotReadyError when another backend owns it."""
        there = self.kubectl.get("namespace", self.kubectl.namespace)
        if there is None:
            self.kubectl.apply("create the namespace", list(self.shipment.namespace))
        elif owner := namespace_owner(self.shipment, there):
            mend = "name another in Kubernetes('…'), or another cluster with --context"
            raise NotReadyError(f"the namespace {self.kubectl.namespace} belongs to {owner}: {mend}")

    def _unlabelled(self) -> list[Object]:
        """Return the namespace to apply if it lacks a label; otherwise nothing, which needs no permission for it."""
        there = self.kubectl.get("namespace", self.kubectl.namespace) or {"metadata": {}}
        labels = there["metadata"].get("labels", {}).items()
        return [each for each in self.shipment.namespace if not each["metadata"]["labels"].items() <= labels]

    def _undo_switch(self) -> None:
        """Undo the switch of a killed ship; when that fails, the present ship replaces it."""
        left, before = self.record.interrupted(), self.record.current()
        if left is None:
            return
        if before is None:
            self.on_step(
                f"the ship of {left.version} was interrupted, and no earlier version exists: it is replaced", 0.0, ""
            )
            return
        # The step reports what fails; the new version may be the very fix.
        title = f"{left.version} was interrupted: {before.version} is restored first"
        with suppress(ShipError), noting(lambda: self._halfway(before)), self._step(title):
            self._bring(before)

    def _consent(self) -> None:
        with self._step(f"every object in {self.kubectl.namespace} is ours"):
            _refuse(NotReadyError, foreign_objects(self.shipment, self.kubectl))
        with self._step("every secret exists"):
            _refuse(NotReadyError, missing_secrets(self.shipment.context, self.kubectl))
        with self._step("the API server accepts every object"):
            self._dry_run()

    def _dry_run(self) -> None:
        """Test each object by itself, so that all refusals are reported at once, each with its place."""
        namespace = self._unlabelled()
        objects = [each for _, wave in self.shipment.waves() for each in wave if each["kind"] != "Job"]
        try:
            if namespace:
                self.kubectl.apply("ask the API server", namespace, DRY, force=False)
            self.kubectl.apply("ask the API server", objects, DRY)
        except CommandError:
            raise NotReadyError("\n".join(self._refused([*namespace, *objects])) or "the API server refuses") from None

    def _refused(self, objects: list[Object]) -> Iterator[str]:
        for each in objects:
            try:
                self.kubectl.apply("ask the API server", [each], DRY, force=each["kind"] != NAMESPACE)
            except CommandError as error:
                name = each["metadata"]["name"]
                output = "\n".join(indented(error.output)[:FIRST])
                yield f"{self.shipment.place(name)}: the API server refuses {each['kind']} {name}\n{output}"

    def _switch(self) -> None:
        before = self.record.current()
        self.record.begin(self.release)
        try:
            self._apply(self.shipment)
            with self._step(f"the gateway reports {self.release.version}"):
                _refuse(ShipError, list(self.smoke(self.release.version)))
        except BaseException as error:
            now = self._back(before)
            if isinstance(error, SteadError):
                raise ShipError(f"{error}\n{now}") from None
            error.add_note(now)
            raise
        with noting(lambda: f"{self.release.version} runs; ship it again to delete the objects that it no longer has"):
            self.record.end(self.release, self.shipment.objects)
            self._prune(self.shipment.objects)

    def _apply(self, shipment: Shipment) -> None:
        if namespace := self._unlabelled():
            self.kubectl.apply("label the namespace", namespace, force=False)
        for _, wave in shipment.waves():
            jobs = [each for each in wave if each["kind"] == "Job"]
            others = [each for each in wave if each["kind"] != "Job"]
            if others:
                self.kubectl.apply(f"apply {', '.join(sorted({each['kind'] for each in others}))}", others)
            for each in jobs:
                self._job(each)
            for each in others:
                if each["kind"] == "Deployment":
                    self._rolled_out(each["metadata"]["name"])

    def _job(self, job: Object) -> None:
        """Run a job; the Job of the previous ship is deleted first, since a Job is immutable."""
        name = job["metadata"]["name"]
        with self._step(f"{name} is complete"):
            self.kubectl.run(f"remove {name}", "delete", "job", name, "--ignore-not-found", "--wait=true")
            self.kubectl.apply(f"start {name}", [job])
            _refuse(ShipError, diagnosis.job_failure(self.kubectl, name, self.seconds))

    def _rolled_out(self, name: str) -> None:
        with self._step(f"{name} runs"):
            _refuse(ShipError, diagnosis.rollout_failure(self.kubectl, name, self.seconds))

    def _back(self, before: Release | None) -> str:
        """Restore the previous version; return a text with the running version."""
        if before is None:
            return "there is no earlier version to roll back to; fix the cause, and ship again"
        try:
            with self._step(f"rollback to {before.version}"):
                self._bring(before)
        except ShipError as error:
            return f"and {before.version}, the earlier version, does not start again:\n{error}"
        return f"{before.version} runs again, as before"

    def _bring(self, before: Release) -> None:
        """Apply the objects of a release again, and delete newer ones; its jobs ran when it was shipped."""
        objects = self.record.objects() or self.shipment.of(before).objects
        for _, wave in waves(objects):
            others = [each for each in wave if each["kind"] != "Job"]
            if others:
                self.kubectl.apply(f"apply {before.version}", others)
        for each in objects:
            if each["kind"] == "Deployment":
                _refuse(ShipError, diagnosis.rollout_failure(self.kubectl, each["metadata"]["name"], self.seconds))
        self.record.end(before)
        # A job that came with the version that failed is kept: what its Pod wrote says why.
        self._prune([*objects, *(each for each in self.shipment.objects if each["kind"] == "Job")])

    def _prune(self, objects: Sequence[Object]) -> None:
        """Delete the objects of another release that this one does not have."""
        for line in abandoned(self.kubectl, self.shipment.context.instance, names_of(objects)):
            kind, _, name = line.partition("/")
            with self._step(f"{kind.partition('.')[0]} {name} is not in the description any more: deleted"):
                self.kubectl.run(f"delete {line}", "delete", line, "--wait=false")

    def _step(self, title: str) -> AbstractContextManager[None]:
        return step(title, self.on_step)


def _refuse(kind: type[ShipError], wrong: str | list[str]) -> None:
    """Raise NotReadyError with the failures, if there are any."""
    if wrong:
        raise kind(wrong if isinstance(wrong, str) else "\n".join(wrong))
