"""A rollout: one version of a backend, from the check of its files to the smoke test; and the rollback.

    files     rendered files are up to date, required values are set, Compose accepts the files
    images    pulled, or built in development
    canary    the new version beside the old one: see `canary`; skipped when no version runs yet
    switch    Compose replaces what changed, in the order in which services wait for one another
    smoke     each service reports the new version; the gateway refuses what it must
    record    `.stead/` stores which version runs

A failure before the switch leaves the running version unchanged. A later failure, an interruption included, is undone:
the previous release is started again from its own files and images. If it does not start, the canary keeps serving. The
switch of a killed ship stays in the record, and the next ship undoes it first.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from stead.model import AnyService
from stead.ops.ship import commands, images, replica
from stead.ops.ship.canary import Canary, clear
from stead.ops.ship.commands import Command, Compose
from stead.ops.ship.container import containers, failed
from stead.ops.ship.container_health import health_error, reading, reports_version
from stead.ops.ship.error import LAST, CommandError, NotBackError, NotReadyError, ShipError, indented
from stead.ops.ship.release import Release, Releases
from stead.ops.ship.runner import Runner
from stead.ops.ship.step import StepListener, step
from stead.render.compose.context import ComposeContext
from stead.render.compose.file import uncalled
from stead.render.docker.image_kind import kind_of
from stead.render.gateway_deployment import LISTEN

EVERYWHERE = "0.0.0.0"  # noqa: S104 - where the gateway is published; asked is this machine
TRIES = 3  # to bring an earlier version back
Smoke = Callable[[str], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Rollout:
    """One version to one environment.

    compose    the new version's files and variables
    files      the names of its Compose files, as they are kept
    smoke      asks the gateway at a URL, and yields what is wrong
    on_step    called with each step when it ends: its title, its seconds, what was wrong
    """

    context: ComposeContext
    compose: Compose
    files: tuple[str, ...]
    releases: Releases
    runner: Runner
    smoke: Smoke
    on_step: StepListener
    canary: bool = True

    @property
    def version(self) -> str:
        return self.compose.variables["VERSION"]

    def make(self) -> None:
        """Ship; ShipError holds the reason of a failure, and the running version."""
        with self.releases.locked():
            self._undo_switch()
            self._config()
            before = self.releases.current()
            self._images()
            with self._beside(before):
                self._switch(before)
                self.releases.keep(self.version, self.compose.variables, self.files)

    def back(self) -> str:
        """Restore the version that was shipped last, and return it; ShipError without one, or when it fails."""
        with self.releases.locked():
            before = self.releases.current()
            if before is None:
                raise NotReadyError(f"no version was shipped from here yet: {self.releases.folder} is empty")
            self._bring(before)
            clear(self.runner, self.project)
            self.releases.end()
            return before.version

    def _undo_switch(self) -> None:
        """Undo the switch of a killed ship."""
        left, before = self.releases.interrupted(), self.releases.current()
        if left is None:
            return
        if before is None:
            self.on_step(
                f"the ship of {left.version} was interrupted, and no earlier version exists: it is replaced", 0.0, ""
            )
            return
        with self._step(f"the ship of {left.version} was interrupted: {before.version} is restored first"):
            self._bring(before)
            clear(self.runner, self.project)
        self.releases.end()

    def show(self) -> None:
        """Show the commands of a successful ship."""
        self._config()
        self._images()
        if self.canary and self.releases.current() is not None:
            self._show_canary()
        self._start_all(self.compose)
        self._check_health(self.compose, self.version)
        self._smoke()

    def _show_canary(self) -> None:
        canary = self._canary()
        canary.start()
        canary.remove()

    def _config(self) -> None:
        with self._step("the files are valid"):
            self.runner.run("docker compose config", self.compose.config())

    def _images(self) -> None:
        title, make = ("built", images.build) if self.context.is_dev else ("here", images.pull)
        with self._step(f"the images are {title}"):
            make(self.runner, self.compose)

    @contextmanager
    def _beside(self, before: Release | None) -> Iterator[None]:
        """Run the canary during the block; nothing when no version runs yet."""
        if not self.canary or before is None:
            yield
            return
        canary = self._canary()
        try:
            with self._step("the canary is healthy beside the old version"):
                canary.start()
            with self._step("the canary serves requests beside the old version"):
                canary.serve()
        except BaseException as error:
            canary.remove()
            if isinstance(error, ShipError):
                raise ShipError(f"{error}\n{before.version} still runs, unchanged") from None
            error.add_note(f"{before.version} still runs, unchanged")
            raise
        try:
            yield
        except NotBackError:  # it answers in place of a container that does not start again
            raise
        except BaseException:
            self._retire(canary)
            raise
        self._retire(canary)

    def _retire(self, canary: Canary) -> None:
        try:
            with self._step("the canary is stopped"):
                canary.retire()
        except BaseException:
            canary.remove()
            raise

    def _canary(self) -> Canary:
        members = replica.members(self.runner, self.project)
        proxies = [sidecar.name for sidecar in self.context.sidecars.values()]
        return Canary(
            self.runner,
            self.compose,
            self.project,
            self.context.services,
            self.context.environment.name,
            self.version,
            replica.changed(self.runner, self.compose, proxies, members) if proxies else (),
            uncalled(self.context),
        )

    def _switch(self, before: Release | None) -> None:
        self.releases.begin(self.version, self.compose.variables, self.files)
        try:
            with self._step(f"{self.version} is up"):
                self._start_all(self.compose)
            with self._step(f"every service reports {self.version}"):
                self._check_health(self.compose, self.version)
            with self._step("the gateway accepts users"):
                self._smoke()
        except BaseException as error:
            try:
                now = self._back(before)
            except NotBackError as failure:
                raise NotBackError(f"{error}\n{failure}" if isinstance(error, ShipError) else str(failure)) from error
            if isinstance(error, ShipError):
                raise ShipError(f"{error}\n{now}") from None
            error.add_note(now)
            raise

    def _start_all(self, compose: Compose) -> None:
        """Start everything; a gateway that Compose recreates comes last: its port is closed meanwhile."""
        try:
            gateway = self._gateway_anew(compose)
            if gateway:
                services = self.runner.run("docker compose config", compose.services()).split()
                self.runner.run("docker compose up", compose.up_only([each for each in services if each != gateway]))
                self.on_step(f"{gateway} is recreated: it refuses connections for a moment", 0.0, "")
            self.runner.run("docker compose up", compose.up())
        except CommandError as error:
            raise self._failed_service(compose, error) from None

    def _gateway_anew(self, compose: Compose) -> str:
        """Return the name of a gateway that Compose would recreate: its image, memory or networks changed."""
        gateway = self.context.backend.gateway
        if gateway is None:
            return ""
        running = replica.members(self.runner, self.project)
        return gateway.name if replica.changed(self.runner, compose, [gateway.name], running) else ""

    def _failed_service(self, compose: Compose, error: CommandError) -> ShipError:
        """Return an error with the failed service and its last log lines, or with the error of Compose."""
        done = self.runner.look(compose.processes())
        now = {each.service: each.wrong for each in containers(done.out) if each.wrong} if done.status == 0 else {}
        if not (wrong := failed(error.output, self.project) | now):
            return error
        failures = [self._failure_text(compose, service, why) for service, why in sorted(wrong.items())]
        return ShipError("\n".join([*failures, "the last output of docker compose up", *indented(error.output, 1)]))

    def _failure_text(self, compose: Compose, service: str, wrong: str) -> str:
        output = indented(self.runner.look(compose.logs(service, LAST)).output)
        return "\n".join([f"{service} {wrong}; its last output", *output] if output else [f"{service} {wrong}"])

    def _check_health(self, compose: Compose, version: str) -> None:
        """Test each container of the project by id: `docker compose exec` might select a canary."""
        running = replica.members(self.runner, self.project)
        for service in self.context.services:
            if reports_version(service):
                names = [each.name for each in running if each.service == service.name]
                for name in names or [f"{self.project}-{service.name}-1"]:
                    if wrong := self._health_error(service, name, version):
                        raise ShipError(self._failure_text(compose, service.name, wrong))

    def _health_error(self, service: AnyService, name: str, version: str) -> str:
        done = self.runner.look(commands.ask(name, reading(kind_of(service), service.health.path)))
        if not self.runner.looks:
            return ""
        if done.status:
            return f"cannot be asked: {done.output.strip()[-200:]}"
        expected = {"service": service.name, "env": self.context.environment.name, "status": "ok", "version": version}
        return health_error(done.out, expected)

    def _smoke(self) -> None:
        gateway = self.context.backend.gateway
        if gateway is None:
            return
        where = self.runner.run("docker compose port", self.compose.port(gateway.name, LISTEN)).strip()
        if self.runner.looks:
            wrong = list(self.smoke(f"http://{where.replace(EVERYWHERE, '127.0.0.1')}"))
            if wrong:
                raise ShipError("\n".join(wrong))

    def _back(self, before: Release | None) -> str:
        """Restore the previous version; return a text with the running version. NotBackError when it does not start."""
        if before is None:
            failed = self._quietly("stopped again", self.compose.down())
            if not failed:
                self.releases.end()
            return f"there is no earlier version, so it was stopped{failed}"
        try:
            with self._step(f"rollback to {before.version}"):
                self._bring(before)
        except ShipError as error:
            stays = f"; the canary answers for {self.version} until the next ship" if self.canary else ""
            raise NotBackError(
                f"{before.version}, the earlier version, does not start again{stays}:\n{error}"
            ) from None
        self.releases.end()
        return f"{before.version} runs again, as before"

    def _bring(self, release: Release) -> None:
        """Start a release again from its own files and images, and test its version.

        Docker may still carry out a request of the interrupted command, and stop a healthy container meanwhile. So a
        failure is retried.
        """
        old = Compose(self.releases.files_of(release), self.compose.env_file, release.variables, self.compose.program)
        for left in reversed(range(TRIES)):
            try:
                self._start_all(old)
                self._check_health(old, release.version)
            except ShipError:
                if not left:
                    raise
            else:
                return

    def _quietly(self, title: str, command: Command) -> str:
        try:
            with self._step(title):
                self.runner.run(title, command)
        except ShipError as error:
            return f"; the stop failed, too: {error}"
        return ""

    @property
    def project(self) -> str:
        return f"{self.context.backend.name}-{self.context.short}"

    def _step(self, title: str) -> AbstractContextManager[None]:
        return step(title, self.on_step)
