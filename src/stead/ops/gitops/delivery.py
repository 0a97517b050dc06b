"""A delivery by a commit, up to its end: pushed, synced by Argo CD, healthy there, smoked; else a commit back."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from stead.ops.gitops.argo_cd import ArgoCd
from stead.ops.gitops.promotion import Promotion
from stead.ops.gitops.repository import GitopsError, Repository
from stead.ops.ship.error import ShipError
from stead.render.kubernetes import release

Told = Callable[[str, float, str], None]
Smoke = Callable[[str], Iterator[str]]


@dataclass(frozen=True)
class Delivery:
    """One version, delivered to one environment.

    smoke    asks the gateway for a version, and yields what is wrong
    told     is told of each step when it ends: its title, its seconds, what was wrong
    seconds  how long Argo CD may take
    """

    promotion: Promotion
    argo: ArgoCd
    smoke: Smoke
    told: Told
    seconds: float = 900.0

    @property
    def repository(self) -> Repository:
        return Repository(self.promotion.folder)

    def ship(self, version: str, images: Mapping[str, str]) -> str:
        """Deliver a version, and return its commit; ShipError says why not, and what runs now."""
        self.argo.check()
        if self._is_committed(version):  # by a ship that was interrupted: what it did is not done again
            commit = self.repository.head()
            self.told(f"{version} is committed already, at {commit[:7]}", 0.0, "")
        else:
            self.promotion.ship(version, images)
            commit = self.repository.head()
        try:
            self._arrive(version, commit)
        except ShipError as error:
            raise ShipError(f"{error}\n{self._back()}") from None
        except (KeyboardInterrupt, SystemExit):
            ways = "ship it again to wait for it, or --back --wait"
            self.told(
                f"{commit[:7]} stays committed, and Argo CD syncs it where it is pushed: {ways}", 0.0, "interrupted"
            )
            raise
        return commit

    def back(self) -> tuple[str, str]:
        """Deliver what ran before; return its version and commit."""
        self.argo.check()
        version, _ = self.promotion.back()
        commit = self.repository.head()
        self._arrive(version, commit)
        return version, commit

    def _is_committed(self, version: str) -> bool:
        promotion = self.promotion
        there = release.read(promotion.backend, promotion.environment)
        return there.version == version and not self.repository.dirty([promotion.path])

    def _arrive(self, version: str, commit: str) -> None:
        with self._step(f"{commit[:7]} is pushed"):
            self.repository.push(self.promotion.gitops.revision)
        with self._step(f"Argo CD is synced and healthy at {commit[:7]}"):
            self.argo.wait(commit, self.seconds)
        with self._step(f"the gateway says {version}"):
            if wrong := list(self.smoke(version)):
                raise ShipError("\n".join(wrong))

    def _back(self) -> str:
        """Commit what ran before, and say what runs now."""
        try:
            with self._step("back to the version before, by a commit"):
                self.argo.terminate()
                version, commit = self.back()
        except GitopsError as error:
            return f"no commit back was made: {error}"
        except ShipError as error:
            return f"and what ran before, committed and pushed, does not come back:\n{error}"
        return f"{version} runs again, as before, at {commit[:7]}"

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        begun = monotonic()
        try:
            yield
        except Exception as error:
            self.told(title, monotonic() - begun, str(error))
            raise
        self.told(title, monotonic() - begun, "")
