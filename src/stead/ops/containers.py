"""The containers of the dev overlay on this machine, as the target of smoke and of a story.

Only the dev overlay publishes each service, and only there users' tokens can be created. Elsewhere `stead ship` tests
each service inside its container.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stead.kit.caller import mint
from stead.kit.key import new_private_key, signing_key
from stead.model import Backend, SteadError, load
from stead.model.load import find
from stead.model.wiring import PRIVATE_KEY
from stead.ops.ship.commands import Compose
from stead.ops.ship.preflight import compose_files, env_file
from stead.ops.ship.runner import Real, compose_program
from stead.ops.smoke import Target
from stead.ops.story_context import Step, StoryContext
from stead.render.compose import secret
from stead.render.compose.context import FOLDER, ComposeContext
from stead.render.compose.process import ports
from stead.render.docker.image_kind import PORT
from stead.render.gateway_deployment import LISTEN
from stead.run.run_info import development_token

DEV = "dev"
START = "\n  start it: make up-dev"


@dataclass(frozen=True)
class Containers:
    """The development containers of the backend at a path."""

    path: Path

    @cached_property
    def backend(self) -> Backend:
        return load(self.path)

    @cached_property
    def urls(self) -> dict[str, str]:
        """The URL of each process that one container runs, by name; SteadError when nothing runs."""
        found = {name: self._published_url(name, port) for name, port in self._ports.items()}
        if not any(found.values()):
            raise SteadError(f"no container of {self.backend.name} runs here{START}")
        return {name: url for name, url in found.items() if url}

    def target(self, version: str | None) -> Target:
        """Return the target of smoke: a container that does not run is a failed check."""
        out = {service.name: f"not in {DEV}" for service in self._compose_context.environment.without}
        many = {
            service.name: "several containers"
            for service in self._compose_context.services
            if service.name not in self._ports
        }
        return Target(self.backend, DEV, self.urls, version, out | many, self.service_token)

    def story_context(self, shown: Callable[[Step], None]) -> StoryContext:
        """Return the context of a story; SteadError when the gateway does not run."""
        gateway = self.backend.gateway
        if gateway is None or gateway.name not in self.urls:
            raise SteadError(f"the gateway of {self.backend.name} does not run in a container{START}")
        return StoryContext(
            self.urls[gateway.name],
            lambda user, roles: development_token(self.path, user, roles),
            self.secret,
            shown,
            urls=self.urls,
            control=self.control,
        )

    def secret(self, process: str, setting: str) -> str:
        """Return the value of a process's secret; SteadError when it has none of that name."""
        file = self._secret_file(process, setting)
        if file is None:
            raise SteadError(f"{process} has no secret {setting}")
        return file.read_text().rstrip("\n")

    def service_token(self, caller: str, callee: str, operations: Sequence[str]) -> str:
        """Return a token of a caller for a callee: `Bearer …`. It is signed with the key that the caller has here.

        A process without callees has no key, or an empty file for one: it gets a key that no service trusts.
        """
        file = self._secret_file(caller, PRIVATE_KEY.name)
        key = (file.read_text().strip() if file else "") or new_private_key(caller)
        return f"Bearer {mint(signing_key(key), caller, callee, operations, now=time.time())}"

    def control(self, do: str, name: str) -> None:
        """Stop the containers of a service, or start them and wait until they are healthy."""
        command = self._compose.start_one(name) if do == "start" else self._compose.stop_one(name)
        self._runner.run(f"docker compose {do} {name}", command)

    def _secret_file(self, process: str, setting: str) -> Path | None:
        """Return the file of a process's secret; None when it has none of that name."""
        context = self._compose_context
        given = {
            name: file
            for each in context.processes
            if each.name == process
            for name, (file, _) in secret.secret_values(context, each).items()
        }
        return self._folder / secret.FOLDER / context.short / given[setting] if setting in given else None

    def _published_url(self, name: str, port: int) -> str:
        """Return the URL of a container's published port; empty when it does not run."""
        done = self._runner.look(self._compose.port(self._compose_context.front(name), port))
        where = done.out.strip().replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - asked is this machine
        return "" if done.status or not where else f"http://{where}"

    @cached_property
    def _compose_context(self) -> ComposeContext:
        found = [environment for environment in self.backend.environments if environment.name == DEV]
        if not found:
            raise SteadError(
                f"{self.backend.name} has no environment {DEV}, whose overlay publishes ports on this machine"
            )
        return ComposeContext(self.backend, found[0])

    @cached_property
    def _ports(self) -> dict[str, int]:
        """The port of each process with one container: several replicas publish no port."""
        gateway = self.backend.gateway
        found = {gateway.name: LISTEN} if gateway else {}
        return found | {
            each.name: PORT for each in self._compose_context.services if ports(self._compose_context, each)
        }

    @cached_property
    def _folder(self) -> Path:
        return find(self.path).parent / "deploy" / FOLDER

    @cached_property
    def _runner(self) -> Real:
        return Real(self._folder)

    @cached_property
    def _compose(self) -> Compose:
        given = env_file(self._compose_context, self._folder)
        return Compose(compose_files(self._compose_context), given, program=compose_program(self._runner))
