"""A rollout to a cluster: one release of a backend, from the API server's consent to the last answer; and the way back.

    consent   the API server takes every object, without changing anything; each Secret that is needed is there
    waves     accounts and policies, databases, jobs before, services, jobs after: each waits for the one before
    smoke     through the gateway: it says the very version, and refuses what it must
    record    what runs now is written down in the namespace

What fails before the first wave leaves alone what runs. What fails later, an interruption included, is undone: the
release that ran before is applied again. A ship that was killed is found in the record, and undone by the next one.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from stead.ops.ship.error import CommandError, NotReadyError, ShipError, indented
from stead.ops.ship.kubernetes import diagnosis
from stead.ops.ship.kubernetes.kubectl import Kubectl
from stead.ops.ship.kubernetes.lock import locked
from stead.ops.ship.kubernetes.manifests import PRUNED, Object, Shipment
from stead.ops.ship.kubernetes.missing import missing_secrets
from stead.ops.ship.kubernetes.record import Record
from stead.ops.ship.step import StepListener, step
from stead.render.kubernetes.release import Release

Smoke = Callable[[str], Iterator[str]]
DRY = "--dry-run=server"


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
        with self._step("the namespace is there"):
            self.kubectl.apply("make the namespace", list(self.shipment.namespace))
        with locked(self.kubectl, self.shipment.context.instance):
            self._undo_switch()
            self._consent()
            self._switch()

    def back(self) -> str:
        """Bring back what was shipped last, and return its version; ShipError where there is none, or it fails."""
        with locked(self.kubectl, self.shipment.context.instance):
            before = self.record.current()
            if before is None:
                raise NotReadyError(f"nothing was shipped into {self.kubectl.namespace} yet")
            self._bring(before)
            return before.version

    def difference(self) -> str:
        """Return what kubectl diff says; an empty text where nothing would change."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(self.shipment.objects)})
        done = self.kubectl.look("diff", "--server-side", "--force-conflicts", "--filename=-", text=text)
        if done.returncode > 1:
            raise CommandError("kubectl diff", done.returncode, done.stderr)
        return done.stdout

    def _undo_switch(self) -> None:
        """Undo a switch in the middle of which a ship was killed."""
        left, before = self.record.interrupted(), self.record.current()
        if left is None:
            return
        if before is None:
            self.on_step(f"the ship of {left.version} was interrupted, and nothing ran before: it is replaced", 0.0, "")
            return
        with self._step(f"the ship of {left.version} was interrupted: {before.version} is brought back first"):
            self._bring(before)

    def _consent(self) -> None:
        with self._step("every secret is there"):
            _refuse(NotReadyError, missing_secrets(self.shipment.context, self.kubectl))
        with self._step("the API server takes every object"):
            self._dry_run()

    def _dry_run(self) -> None:
        """Ask for each object by itself, so that all refusals are said at once, each with its place."""
        objects = [each for _, wave in self.shipment.waves() for each in wave if each["kind"] != "Job"]
        try:
            self.kubectl.apply("ask the API server", objects, DRY)
        except CommandError:
            raise NotReadyError("\n".join(self._refused(objects)) or "the API server refuses") from None

    def _refused(self, objects: list[Object]) -> Iterator[str]:
        for each in objects:
            try:
                self.kubectl.apply("ask the API server", [each], DRY)
            except CommandError as error:
                name = each["metadata"]["name"]
                output = "\n".join(indented(error.output, 5))
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
            if isinstance(error, ShipError):
                raise ShipError(f"{error}\n{now}") from None
            raise
        self._prune()
        self.record.end(self.release)

    def _apply(self, shipment: Shipment) -> None:
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
        """Apply a release's services again; its jobs ran when it was shipped."""
        for _, wave in self.shipment.of(before).waves():
            others = [each for each in wave if each["kind"] != "Job"]
            if others:
                self.kubectl.apply(f"apply {before.version}", others)
        for each in self.shipment.of(before).objects:
            if each["kind"] == "Deployment":
                _refuse(ShipError, diagnosis.rollout_failure(self.kubectl, each["metadata"]["name"], self.seconds))
        self.record.end(before)

    def _prune(self) -> None:
        """Delete what an earlier release had and this one has not."""
        labels = f"app.kubernetes.io/instance={self.shipment.context.instance},app.kubernetes.io/managed-by=stead"
        listed = self.kubectl.run(
            "list what is there", "get", ",".join(PRUNED), f"--selector={labels}", "--output=name"
        )
        for line in listed.split():
            kind, _, name = line.partition("/")
            if (kind.partition(".")[0], name) not in self.shipment.names:
                with self._step(f"{kind.partition('.')[0]} {name} is not in the description any more, and is deleted"):
                    self.kubectl.run(f"delete {line}", "delete", line, "--wait=false")

    def _step(self, title: str) -> AbstractContextManager[None]:
        return step(title, self.on_step)


def _refuse(kind: type[ShipError], wrong: str | list[str]) -> None:
    """Raise what is wrong; nothing where nothing is."""
    if wrong:
        raise kind(wrong if isinstance(wrong, str) else "\n".join(wrong))
