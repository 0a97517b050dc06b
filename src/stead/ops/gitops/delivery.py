"""A delivery by a commit: push, sync by Argo CD, health, smoke test; after a failure a commit that rolls back."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache

from stead.model import SteadError
from stead.ops.gitops.argo_cd import ArgoCd, Includes
from stead.ops.gitops.promotion import Promotion
from stead.ops.gitops.repository import GitopsError, Repository
from stead.ops.ship.error import ShipError, noting
from stead.ops.ship.step import StepListener, step
from stead.render.kubernetes import release
from stead.render.kubernetes.release import Release

Smoke = Callable[[str], Iterator[str]]


@dataclass(frozen=True)
class Delivery:
    """One version, delivered to one environment.

    smoke    asks the gateway for a version, and yields what is wrong
    on_step  called with each step when it ends: its title, its seconds, what was wrong
    seconds  how long Argo CD may take
    """

    promotion: Promotion
    argo: ArgoCd
    smoke: Smoke
    on_step: StepListener
    seconds: float = 900.0

    @property
    def repository(self) -> Repository:
        return Repository(self.promotion.folder)

    def ship(self, version: str, images: Mapping[str, str]) -> str:
        """Deliver a version, and return its commit; ShipError holds the reason of a failure, and the running
        version.
        """
        self.argo.check()
        self.promotion.check()
        commit = self.repository.head()
        if self.promotion.is_committed(
            version, images
        ):  # a ship was interrupted after this commit: it is not made again
            self.on_step(f"{version} is committed already, at {commit[:7]}", 0.0, "")
        else:
            with noting(lambda: self._state(commit)):
                self.promotion.ship(version, images)
        commit = self.repository.head()
        with noting(self._state):
            try:
                self._arrive(version, commit)
            except ShipError as error:
                raise ShipError(f"{error}\n{self._back()}") from None
        return commit

    def back(self) -> tuple[str, str]:
        """Deliver the previous version; return it with its commit. Waits for an interrupted rollback."""
        self.argo.check()
        self.promotion.check()
        head = self.repository.head()
        with noting(lambda: self._state(head)):
            if self.promotion.is_back() and not self.argo.is_well(self._includes(head)):
                version, commit = self._released().version, head
                self.on_step(f"{version} is committed again already, at {commit[:7]}", 0.0, "")
            else:
                version, commit = self._commit_back()
        with noting(self._state):
            self._arrive(version, commit)
        return version, commit

    def _released(self) -> Release:
        return release.read(self.promotion.backend, self.promotion.environment)

    def _commit_back(self) -> tuple[str, str]:
        version, _ = self.promotion.back()
        return version, self.repository.head()

    def _arrive(self, version: str, commit: str) -> None:
        with self._step(f"{commit[:7]} is pushed"):
            self.repository.push(self.promotion.gitops.revision)
        with self._step(f"Argo CD is synced and healthy at {commit[:7]}"):
            self.argo.wait(commit, self.seconds, self._includes(commit))
        with self._step(f"the gateway reports {version}"):
            if wrong := list(self.smoke(version)):
                raise ShipError("\n".join(wrong))

    def _includes(self, commit: str) -> Includes:
        """Return a predicate for revisions with this release: another push may come during the wait for Argo CD."""

        @cache
        def includes(revision: str) -> bool:
            branch, path = self.promotion.gitops.revision, self.promotion.path
            return revision == commit or self.repository.has_same(path, commit, revision, branch)

        return includes

    def _back(self) -> str:
        """Commit the previous version; return a text with the running version."""
        if self.promotion.is_back():
            return "no rollback was committed: the previous version had been rolled back itself"
        try:
            with self._step("rollback to the previous version by a commit"):
                version, commit = self._commit_back()
        except GitopsError as error:
            return f"no rollback was committed: {error}"
        try:
            self._end_syncs()
            self._arrive(version, commit)
        except SteadError as error:
            return f"{version}, the previous version, is committed again at {commit[:7]}, but is not healthy:\n{error}"
        return f"{version} runs again, as before, at {commit[:7]}"

    def _end_syncs(self) -> None:
        """Terminate the running syncs; an error is ignored, since the wait that follows reports a sync that goes on."""
        try:
            self.argo.terminate()
        except ShipError as error:
            self.on_step("terminate the running sync", 0.0, str(error))

    def _state(self, start: str = "") -> str:
        """Return the state after an interruption, and the next command; `start` is the commit before the delivery."""
        commit, branch = self.repository.head(), self.promotion.gitops.revision
        if commit == start:
            return "nothing was committed: the running version is unchanged"
        again = "--back --wait" if self.promotion.is_back() else "the same command"
        if not self.repository.is_pushed(branch):
            ways = f"{again} pushes it, git reset --keep @~ removes it"
            return f"{commit[:7]} is committed here and not pushed; the running version is unchanged: {ways}"
        ways = "" if self.promotion.is_back() else ", --back --wait rolls back"
        return f"{commit[:7]} is pushed, and Argo CD syncs it: {again} waits for it{ways}"

    def _step(self, title: str) -> AbstractContextManager[None]:
        return step(title, self.on_step)
