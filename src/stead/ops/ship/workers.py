"""Deploy a backend to Cloudflare Workers: callees first, smoke test, and roll all back on failure.

Cloudflare stores the versions, so Stead stores nothing: the present versions are read from its API at the start, and a
failure restores them. A new Worker has no earlier version; it stays, and the report names it.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from stead.model import Gateway
from stead.model.printable import printable
from stead.ops.ship.error import LockedError, ShipError
from stead.ops.ship.workers_preflight import WorkersPreflight, WorkerStep
from stead.ops.ship.workers_wrangler import Deployed
from stead.ops.smoke import Target, smoke

TIMEOUT = 90.0  # seconds for a version to reach the location that answers
PAUSE = 1.0
Tell = Callable[[str, float, str], None]  # a step, its seconds, what was wrong


@dataclass
class WorkersRollout:
    """One deploy.

    before  by service, the version that served
    begun   the services whose deploy was begun, in order: each may serve the new version, whatever wrangler said
    done    by service, what was deployed
    undone  what serves after a failure
    """

    ready: WorkersPreflight
    tell: Tell
    keep_vars: bool = False
    timeout: float = TIMEOUT
    client: Callable[[], httpx2.Client] = lambda: httpx2.Client(timeout=10.0)
    before: dict[str, str] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    done: dict[str, Deployed] = field(default_factory=dict)
    undone: str = ""

    def make(self) -> None:
        """Deploy all; ShipError, with the versions that serve now, when the result is not healthy.

        An interrupt or any error rolls the deployed Workers back.
        """
        steps = self.ready.steps()
        with locked(self.ready.folder / ".stead", self.ready.environment):
            with self._step("read the present versions"):
                self.before = {step.service: self.ready.cloudflare.deployed(step.worker) for step in steps}
            try:
                for step in steps:
                    self._deploy(step)
                self._smoke(steps)
            except BaseException as error:
                self.undone = self._back(steps, str(error))
                if isinstance(error, ShipError):
                    raise ShipError(f"{error}\n{self.undone}") from None
                if isinstance(error, Exception):
                    raise ShipError(f"{type(error).__name__}: {error}\n{self.undone}") from error
                raise

    def dry_run(self, show: Callable[[str], None]) -> None:
        """Show the commands, and build each Worker with wrangler without a deploy."""
        for step in self.ready.steps():
            words = self.ready.wrangler.deploy_arguments(step.vars, self.ready.version, keep_vars=self.keep_vars)
            show(f"{step.service}: wrangler {' '.join(words)}  with the secrets {', '.join(step.secrets) or 'none'}")
            with self._step(f"try {step.service}"):
                self.ready.wrangler.try_deploy(step.service, words)

    def _deploy(self, step: WorkerStep) -> None:
        with self._step(f"deploy {step.service}"):
            variables = {**step.vars, **{name: self._address(callee) for name, callee in step.addresses.items()}}
            words = self.ready.wrangler.deploy_arguments(variables, self.ready.version, keep_vars=self.keep_vars)
            self.begun.append(step.service)
            self.done[step.service] = self.ready.wrangler.deploy(step.service, words, step.secrets)

    def _address(self, callee: str) -> str:
        """Return the addresses of a container's callees, which were deployed before it."""
        addresses = self.done[callee].addresses if callee in self.done else ()
        if not addresses:
            raise ShipError(f"{callee} has no address, and a container calls it: deploy it with workers_dev")
        return addresses[0]

    def _smoke(self, steps: list[WorkerStep]) -> None:
        """Yield failures: each Worker must serve the deployed version; those with an address must report it."""
        with self._step("smoke"):
            for step in steps:
                serves, ours = self.ready.cloudflare.deployed(step.worker), self.done[step.service].version_id
                if serves != ours:
                    raise ShipError(
                        f"{step.service} serves the version {serves}, not {ours}: another deploy ran meanwhile"
                    )
            wrong = self._asked()
            until = time.monotonic() + self.timeout
            while wrong and time.monotonic() < until:
                time.sleep(PAUSE)
                wrong = self._asked()
            if wrong:
                raise ShipError("\n".join(["the smoke test failed:", *(f"  {each}" for each in wrong)]))

    def _asked(self) -> list[str]:
        backend, environment = self.ready.context.backend, self.ready.environment
        urls = {name: each.addresses[0] for name, each in self.done.items() if each.addresses}
        gateway = backend.gateway
        if isinstance(gateway, Gateway) and gateway.name not in urls:
            return [f"{gateway.name}: the deploy printed no address; give it workers_dev or a route"]
        inner = {each.name: "no address: its version was read from the API" for each in backend.services}
        skipped = {name: why for name, why in inner.items() if name not in urls}
        target = Target(backend, environment, urls, self.ready.version, skipped)
        with self.client() as client:
            return [f"{each.name}: {each.asked}: {each.wrong}" for each in smoke(target, client) if each.wrong]

    def _back(self, steps: list[WorkerStep], why: str) -> str:
        """Restore the previous versions, callers first; return what serves now."""
        reason = why.splitlines()[0] if why else ""
        outcomes = {
            step.service: self._back_one(step, reason) for step in reversed(steps) if step.service in self.begun
        }
        untouched = [step.service for step in steps if not outcomes.get(step.service)]
        messages = [message for message in outcomes.values() if message]
        messages += [f"unchanged: {', '.join(untouched)}"] if untouched else []
        return "\n".join(messages)

    def _back_one(self, step: WorkerStep, why: str) -> str:
        """Restore a Worker's previous version; return what it serves now, or an empty text when it served that
        already.
        """
        old, new = self.before[step.service], self.ready.version
        try:
            if step.service not in self.done and self.ready.cloudflare.deployed(step.worker) == old:
                return ""
        except ShipError as error:
            return (
                f"{step.service} may serve {new}: {error}. check it: npx wrangler deployments list --name {step.worker}"
            )
        if not old:
            return f"{step.service} is new, and remains at {new}: it has no earlier version"
        try:
            with self._step(f"roll back {step.service}"):
                self.ready.wrangler.roll_back(step.service, step.worker, old, why)
        except Exception as error:  # noqa: BLE001 - the others are brought back whatever one of them raises
            return f"{step.service} is still at {new}: {error}"
        return f"{step.service} is back at the version {old}"

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except BaseException as error:
            self.tell(title, time.monotonic() - began, printable(str(error)) or type(error).__name__)
            raise
        self.tell(title, time.monotonic() - began, "")


@contextmanager
def locked(folder: Path, environment: str) -> Iterator[None]:
    """Lock the environment against other deploys from this machine during the block."""
    file = folder / f"ship-workers-{environment}.lock"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ShipError(f"{file}, the lock of a deploy, cannot be written: {error.strerror}") from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(f"another deploy to {environment} runs now, and holds {file}") from None
        yield
    finally:
        os.close(lock)
