"""`stead ship workers`: deploy a backend to Cloudflare Workers, and roll back when it is not healthy."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from stead.cli.option import Flag, Where
from stead.model import SteadError, load
from stead.model.load import find
from stead.model.printable import printable

if TYPE_CHECKING:
    from stead.ops.ship.workers_preflight import WorkersPreflight

EXIT_TEMPFAIL = 75  # sysexits.h: try again later


def workers(
    path: Where = Path(),
    /,
    *,
    environment: Annotated[str, Parameter(["--env", "-e"])],
    version: Annotated[str, Parameter("--version")] = "",
    keep_vars: Flag = False,
    dry_run: Flag = False,
    drift: Flag = False,
    timeout: Annotated[float, Parameter(negative="")] = 90.0,
) -> int:
    """Deploy a version to Cloudflare Workers: check, deploy callees first, smoke; roll all back on failure.

    Parameters
    ----------
    environment
        The environment: it has workers=Workers(…) in the description.
    version
        The commit or release that /health will report.
    keep_vars
        Keep vars that were set in the dashboard and that no file declares.
    dry_run
        Print the commands, build each Worker with wrangler, and deploy nothing.
    drift
        Deploy nothing; list the vars and secrets that differ between Cloudflare and the description.
    timeout
        The seconds within which the version must answer at the address that the deploy printed.
    """
    ready = _ready(path, environment, version)
    if drift:
        return _drift(ready, keep_vars=keep_vars)
    if not version:
        raise SteadError("give a version: --version 4f2a91c")
    ready.check()
    from stead.ops.ship.error import LockedError
    from stead.ops.ship.interrupt import interruptible
    from stead.ops.ship.workers import WorkersRollout

    rollout = WorkersRollout(ready, _print_step, keep_vars, timeout)
    if dry_run:
        rollout.dry_run(lambda line: print(printable(line)))  # noqa: T201 - a command line speaks
        return 0
    try:
        with interruptible():
            rollout.make()
    except LockedError as error:
        sys.stderr.write(printable(f"{error}\n"))
        return EXIT_TEMPFAIL
    except (KeyboardInterrupt, SystemExit):
        sys.stderr.write(printable(f"the deploy was interrupted\n{rollout.undone or 'nothing was deployed'}\n"))
        raise
    for name, deployed in rollout.done.items():
        for address in deployed.addresses:
            sys.stdout.write(printable(f"{name} is at {address}\n"))
    sys.stdout.write(f"{ready.context.backend.name} {version} serves in {ready.environment}\n")
    return 0


def _ready(path: Path, name: str, version: str) -> "WorkersPreflight":
    from stead.cli.render import environment_of, values_of
    from stead.ops.ship.workers_preflight import WorkersPreflight
    from stead.render.workers.context import FOLDER, WorkersContext

    backend, folder = load(path), find(path).parent
    environment = environment_of(backend, name)
    if environment.workers is None:
        mend = f'declare it in the description: Environment("{environment.name}", workers=Workers())'
        raise SteadError(f"{environment.name} of {backend.name} is not deployed to Workers; {mend}")
    context = WorkersContext(backend, environment, environment.workers)
    file = values_of(folder / "deploy" / FOLDER / f".env.{environment.name}")
    return WorkersPreflight(context, folder, {**file, **os.environ}, version)


def _drift(ready: "WorkersPreflight", *, keep_vars: bool) -> int:
    from stead.ops.ship.workers_drift import drift
    from stead.ops.ship.workers_preflight import ACCOUNT, TOKEN

    accounts = () if ready.context.workers.account else (ACCOUNT,)
    if missing := [name for name in (TOKEN, *accounts) if not ready.given.get(name)]:
        raise SteadError(f"{' and '.join(missing)} must be set in the environment: Cloudflare's API needs them")
    found = list(drift(ready, keep_vars=keep_vars))
    for each in found:
        sys.stdout.write(printable(f"{each}\n"))
    return 1 if found else 0


def _print_step(title: str, seconds: float, wrong: str) -> None:
    sys.stdout.write(f"{'✗' if wrong else '✓'} {title}  {seconds:.1f} s\n")
    sys.stdout.flush()
