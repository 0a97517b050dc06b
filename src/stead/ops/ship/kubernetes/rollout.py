"""A rollout to a cluster: one release of a backend, from the API server's consent to the last answer; and the way back.

    consent   nothing there is someone else's; the API server takes every object, without changing anything; each Secret
              that is needed is there
    waves     accounts and policies, databases, jobs before, services, jobs after: each waits for the one before
    smoke     through the gateway: it says the very version, and refuses what it must
    record    what runs now is written down in the namespace

What fails before the first wave leaves alone what runs. What fails later, an interruption included, is undone: the
objects that ran before are applied again. A ship that was killed is found in the record, and undone by the next one.
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
        """Ship; ShipError says why not, and what runs now."""
        with self._step(f"{self.kubectl.namespace} is there, in the cluster {self.kubectl.cluster()}".strip()):
            self._namespace()
        with locked(self.kubectl, self.shipment.context.instance):
            self._undo_switch()
            with noting(self._untouched):
                self._consent()
            self._switch()

    def back(self) -> str:
        """Bring back what was shipped last, and return its version; ShipError where there is none, or it fails."""
        with locked(self.kubectl, self.shipment.context.instance):
            before = self.record.current()
            if before is None:
                raise NotReadyError(f"nothing was shipped into {self.kubectl.namespace} yet")
            with noting(lambda: self._halfway(before)):
                self._bring(before)
            return before.version

    def _untouched(self) -> str:
        before = self.record.current()
        return f"{before.version} runs on, untouched" if before else "nothing was changed, and nothing ran before"

    def _halfway(self, before: Release) -> str:
        return f"{before.version} is not brought back to its end: stead ship kubernetes --back goes on with it"

    def difference(self) -> str:
        """Return what kubectl diff says; an empty text where nothing would change."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(self.shipment.objects)})
        done = self.kubectl.look("diff", "--server-side", "--force-conflicts", "--filename=-", text=text)
        if done.returncode > 1:
            raise CommandError("kubectl diff", done.returncode, done.stderr)
        return done.stdout

    def _namespace(self) -> None:
        """Make the namespace where it is not there; NotReadyError where it is another backend's."""
        there = self.kubectl.get("namespace", self.kubectl.namespace)
        if there is None:
            self.kubectl.apply("make the namespace", list(self.shipment.namespace))
        elif owner := namespace_owner(self.shipment, there):
            mend = "name another in Kubernetes('…'), or another cluster with --context"
            raise NotReadyError(f"the namespace {self.kubectl.namespace} belongs to {owner}: {mend}")

    def _unlabelled(self) -> list[Object]:
        """Return the namespace where it lacks a label; one that has all is left alone, which takes no right to it."""
        there = self.kubectl.get("namespace", self.kubectl.namespace) or {"metadata": {}}
        labels = there["metadata"].get("labels", {}).items()
        return [each for each in self.shipment.namespace if not each["metadata"]["labels"].items() <= labels]

    def _undo_switch(self) -> None:
        """Undo a switch in the middle of which a ship was killed; where that fails, what is shipped now replaces it."""
        left, before = self.record.interrupted(), self.record.current()
        if left is None:
            return
        if before is None:
            self.on_step(f"the ship of {left.version} was interrupted, and nothing ran before: it is replaced", 0.0, "")
            return
        # The step reports what fails; the new version may be the very fix.
        title = f"{left.version} was interrupted: {before.version} is brought back first"
        with suppress(ShipError), noting(lambda: self._halfway(before)), self._step(title):
            self._bring(before)

    def _consent(self) -> None:
        with self._step(f"nothing in {self.kubectl.namespace} is someone else's"):
            _refuse(NotReadyError, foreign_objects(self.shipment, self.kubectl))
        with self._step("every secret is there"):
            _refuse(NotReadyError, missing_secrets(self.shipment.context, self.kubectl))
        with self._step("the API server takes every object"):
            self._dry_run()

    def _dry_run(self) -> None:
        """Ask for each object by itself, so that all refusals are said at once, each with its place."""
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
            with self._step(f"the gateway says {self.release.version}"):
                _refuse(ShipError, list(self.smoke(self.release.version)))
        except BaseException as error:
            now = self._back(before)
            if isinstance(error, SteadError):
                raise ShipError(f"{error}\n{now}") from None
            error.add_note(now)
            raise
        with noting(lambda: f"{self.release.version} runs; ship it again, to delete what it has no more"):
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
        """Run a job: the one of the ship before is removed first, since a Job cannot be changed."""
        name = job["metadata"]["name"]
        with self._step(f"{name} is done"):
            self.kubectl.run(f"remove {name}", "delete", "job", name, "--ignore-not-found", "--wait=true")
            self.kubectl.apply(f"start {name}", [job])
            _refuse(ShipError, diagnosis.job_failure(self.kubectl, name, self.seconds))

    def _rolled_out(self, name: str) -> None:
        with self._step(f"{name} runs"):
            _refuse(ShipError, diagnosis.rollout_failure(self.kubectl, name, self.seconds))

    def _back(self, before: Release | None) -> str:
        """Bring back what ran before, and say what runs now."""
        if before is None:
            return "no earlier version exists, so no rollback is possible; fix the cause, and ship again"
        try:
            with self._step(f"back to {before.version}"):
                self._bring(before)
        except ShipError as error:
            return f"and {before.version}, the earlier version, does not start again:\n{error}"
        return f"{before.version} runs again, as before"

    def _bring(self, before: Release) -> None:
        """Apply the objects of a release again, and delete what came after; its jobs ran when it was shipped."""
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
        """Delete what another release had and this one has not."""
        for line in abandoned(self.kubectl, self.shipment.context.instance, names_of(objects)):
            kind, _, name = line.partition("/")
            with self._step(f"{kind.partition('.')[0]} {name} is not in the description any more, and is deleted"):
                self.kubectl.run(f"delete {line}", "delete", line, "--wait=false")

    def _step(self, title: str) -> AbstractContextManager[None]:
        return step(title, self.on_step)


def _refuse(kind: type[ShipError], wrong: str | list[str]) -> None:
    """Raise what is wrong; nothing where nothing is."""
    if wrong:
        raise kind(wrong if isinstance(wrong, str) else "\n".join(wrong))
