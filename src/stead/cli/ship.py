"""`stead ship`: deploy a version, and roll back when it is not healthy.

The exit status is 0 when the version runs, 1 when it was not shipped, 75 when another ship to the same place runs.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from stead.cli.option import Flag, Where
from stead.cli.ship_kubernetes import kubernetes
from stead.cli.ship_step import print_interruption, print_step, quiet
from stead.model import SteadError, load
from stead.model.load import find
from stead.model.printable import printable

if TYPE_CHECKING:
    from stead.ops.ship.commands import Command
    from stead.ops.ship.preflight import Preflight
    from stead.ops.ship.release import Releases
    from stead.ops.ship.rollout import Rollout
    from stead.ops.ship.runner import Runner

EXIT_TEMPFAIL = 75  # sysexits.h: try again later

ship = App(name="ship", help="Deploy a version.", help_format="plaintext")
ship.command(kubernetes)
ship.command("stead.cli.gitops:ship_gitops", name="gitops", help="Ship a version by a commit.")
ship.command("stead.cli.ship_workers:workers", name="workers", help="Deploy a version to Cloudflare Workers.")


@ship.command
def compose(
    path: Where = Path(),
    /,
    *,
    environment: Annotated[str, Parameter(["--env", "-e"])],
    version: Annotated[str, Parameter("--version")] = "",
    image: Annotated[list[str] | None, Parameter(negative="")] = None,
    canary: Annotated[bool, Parameter(negative="--no-canary")] = True,
    dry_run: Flag = False,
    back: Flag = False,
    resume: Flag = False,
) -> int:
    """Ship a version to Compose on this machine: preflight, pull, canary, start, wait, smoke; roll back on failure.

    Parameters
    ----------
    environment
        The environment: dev, staging, prod.
    version
        The commit or release that /health will report.
    image
        The image of this version, NAME=REGISTRY/NAME@sha256:…. Default: the image in the env file.
    canary
        First start the new services beside the old ones; replace these only when the new ones are healthy.
    dry_run
        Print the commands, and run none.
    back
        Ship nothing; restore the version that was shipped last, as after a ship that was killed.
    resume
        Continue with the version and the images of the ship that was killed.
    """
    ready = _ready(path, environment, version, image or [])
    if back:
        return _back(ready)
    if resume:
        ready = _resumed(ready)
    if not ready.version:
        raise SteadError("give a version: --version 4f2a91c; or --back; or --resume after an interrupted ship")
    if dry_run:
        return _print_dry_run(ready, canary=canary)
    from stead.ops.ship.error import LockedError
    from stead.ops.ship.interrupt import interruptible

    ready.check()
    try:
        with interruptible():
            rollout(ready, _real(ready), canary=canary).make()
    except LockedError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_TEMPFAIL
    except (KeyboardInterrupt, SystemExit) as error:
        print_interruption(error)
        raise
    sys.stdout.write(f"{ready.context.backend.name} {ready.version} runs in {ready.context.environment.name}\n")
    return 0


def _back(ready: "Preflight") -> int:
    """Restore the version that was shipped last."""
    from stead.ops.ship.error import LockedError

    try:
        version = rollout(ready, _real(ready), canary=False).back()
    except LockedError as error:
        sys.stderr.write(printable(f"{error}\n"))
        return EXIT_TEMPFAIL
    sys.stdout.write(f"{ready.context.backend.name} {version} runs in {ready.context.environment.name}\n")
    return 0


def _resumed(ready: "Preflight") -> "Preflight":
    """Return the preflight with the version and images of the ship that was killed."""
    from dataclasses import replace

    from stead.render.compose.process import image_variable

    left = _releases(ready).interrupted()
    if left is None:
        raise SteadError("no ship was interrupted here; give a version: --version 4f2a91c")
    if ready.version not in ("", left.version):
        raise SteadError(f"the interrupted ship was of {left.version}, not of {ready.version}: leave out --version")
    named = {name: left.variables.get(image_variable(name).name, "") for name in ready.context.bases}
    images = {name: image for name, image in named.items() if image and not ready.context.is_dev}
    return replace(ready, version=left.version, images=images | dict(ready.images))


def _releases(ready: "Preflight") -> "Releases":
    from stead.ops.ship.release import Releases
    from stead.run.state_directory import NAME

    return Releases(ready.compose, ready.folder / NAME, ready.context.short)


def rollout(ready: "Preflight", runner: "Runner", *, canary: bool) -> "Rollout":
    """Return the rollout of a version."""
    from stead.ops.ship.commands import Compose
    from stead.ops.ship.rollout import Rollout
    from stead.ops.ship.runner import compose_program

    files = Compose(ready.files, ready.env_file, ready.variables, compose_program(runner))
    return Rollout(
        ready.context,
        files,
        ready.files,
        _releases(ready),
        runner,
        _smoke(ready),
        print_step if runner.looks else quiet,
        canary,
    )


def _ready(path: Path, environment: str, version: str, images: list[str]) -> "Preflight":
    from stead.cli.render import environment_of, values_of
    from stead.ops.ship.preflight import Preflight
    from stead.render.compose.context import FOLDER, ComposeContext

    backend, folder = load(path), find(path).parent
    context = ComposeContext(backend, environment_of(backend, environment))
    place = folder / "deploy" / FOLDER
    given = values_of(place / f".env.{context.short}")
    return Preflight(context, folder, place, given, dict(_pair(text) for text in images), version)


def _pair(text: str) -> tuple[str, str]:
    name, equals, image = text.partition("=")
    if not equals or not image:
        raise SteadError(f"--image {text}: expected NAME=IMAGE, as in python=registry.example.com/shop@sha256:…")
    return name, image


def _real(ready: "Preflight") -> "Runner":
    from stead.ops.ship.runner import Real

    return Real(ready.compose)


def _print_dry_run(ready: "Preflight", *, canary: bool) -> int:
    """Print the commands of a successful ship; the exit status is 1 when a requirement is missing."""
    from stead.ops.ship.runner import Shown

    def show(command: "Command") -> None:
        sys.stdout.write(f"{command}\n")

    sys.stdout.write(f"cd {ready.compose}\n")
    shown = rollout(ready, Shown(show), canary=canary)
    shown.show()
    missing = list(ready.missing())
    for each in missing:
        sys.stderr.write(printable(f"missing: {each}\n"))
    return 1 if missing else 0


def _smoke(ready: "Preflight") -> Callable[[str], Iterator[str]]:
    """Return the smoke test at the gateway; the services are tested inside their containers."""

    def smoke_failures(url: str) -> Iterator[str]:
        import httpx2

        from stead.ops.smoke import Target, smoke

        backend, environment = ready.context.backend, ready.context.environment
        asked = {service.name: "tested inside its container" for service in backend.services}
        assert backend.gateway
        target = Target(backend, environment.name, {backend.gateway.name: url}, ready.version, asked)
        with httpx2.Client(timeout=10.0) as client:
            yield from (f"{each.name}: {each.asked}: {each.wrong}" for each in smoke(target, client) if each.wrong)

    return smoke_failures
