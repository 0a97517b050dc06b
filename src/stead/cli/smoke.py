"""`stead smoke`: test that a running backend is healthy and has the expected version."""

import dataclasses
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.cli.option import Flag, Where
from stead.model import AnyService, Backend, SteadError, load
from stead.model.printable import printable
from stead.ops.smoke import Check, Target
from stead.run.run_info import running

PAUSE = 5.0  # seconds between two rounds of checks


def smoke(
    path: Where = Path(),
    /,
    *,
    url: Annotated[list[str] | None, Parameter(negative="")] = None,
    containers: Flag = False,
    outside: Flag = False,
    environment: Annotated[str, Parameter(["--env", "-e"], negative="")] = "",
    version: Annotated[str, Parameter("--version")] = "",
    timeout: Annotated[float, Parameter(negative="")] = 0.0,
    as_json: Annotated[Flag, Parameter("--json")] = False,
) -> int:
    """Test that a running backend is healthy and has the expected version; read only, so safe in production.

    Parameters
    ----------
    url
        The URL of a process, NAME=URL; may be given several times. Default: the backend that runs on this machine.
    containers
        Test the containers that Compose runs on this machine with the dev overlay (make up-dev).
    outside
        Test only processes with a --url; list each other service as not reachable from outside.
    environment
        The environment that every /health must report. Default: that of the backend that runs here.
    version
        The version that every /health must report. Default: all must report the same one.
    timeout
        Repeat failed checks for this many seconds until all pass, as after a commit that a cluster applies.
    as_json
        Print JSON, for a program: one object a line for each check.
    """
    import httpx2

    if outside and not url:
        raise SteadError("--outside tests only processes with a URL: give at least one, --url NAME=URL")
    if containers and (url or environment):
        raise SteadError(
            "--containers tests the dev overlay on this machine: leave out --url and --env, or --containers"
        )
    target = _contained(path, version) if containers else _target(load(path), path, url or [], environment, version)
    if outside:
        target = _from_outside(target)
    with httpx2.Client(timeout=5.0) as client:
        from stead.ops.smoke import smoke as ask

        _wait(lambda: ask(target, client), timeout)
        checks = list(_print_checks(ask(target, client), as_json=as_json))
    wrong = sum(bool(check.wrong) for check in checks)
    if not as_json:
        sys.stdout.write(f"{len(checks) - wrong} of {len(checks)} checks passed\n")
    return 1 if wrong else 0


def _target(backend: Backend, path: Path, urls: list[str], environment: str, version: str) -> Target:
    if urls:
        given = dict(_pair(text) for text in urls)
        skipped = {service.name: f"not in {environment}" for service in _left_out(backend, environment)}
        return Target(backend, environment or "dev", given, version or None, skipped)
    found = running(path)
    if found is None:
        raise SteadError(f"{backend.name} does not run here\n  start it: stead up; or give its URL: --url NAME=URL")
    expected = version or found.version
    return Target(backend, environment or found.environment, found.urls, expected, found.skipped, found.service_token)


def _wait(run_checks: Callable[[], Iterator[Check]], timeout: float) -> None:
    """Repeat the checks until all pass or the timeout ends; the caller reports the failures of its next round."""
    end = time.monotonic() + timeout
    while time.monotonic() < end and any(check.wrong for check in run_checks()):
        time.sleep(min(PAUSE, max(0.0, end - time.monotonic())))


def _from_outside(target: Target) -> Target:
    """Skip, by name, the services without a URL; the gateway is still tested."""
    hidden = {
        each.name: "not reachable from outside" for each in target.backend.services if each.name not in target.urls
    }
    return dataclasses.replace(target, skipped=hidden | dict(target.skipped or {}))


def _contained(path: Path, version: str) -> Target:
    from stead.ops.containers import Containers

    return Containers(path).target(version or None)


def _left_out(backend: Backend, environment: str) -> tuple[AnyService, ...]:
    return next((one.without for one in backend.environments if one.name == environment), ())


def _pair(text: str) -> tuple[str, str]:
    name, equals, url = text.partition("=")
    if not equals or "://" not in url:
        raise SteadError(f"--url {text}: expected NAME=URL, as in points-service=https://points.example.com")
    return name, url.rstrip("/")


def _print_checks(checks: Iterator[Check], *, as_json: bool) -> Iterator[Check]:
    from rich.console import Console

    console = Console(highlight=False)
    for check in checks:
        if as_json:
            sys.stdout.write(json.dumps(dataclasses.asdict(check)) + "\n")
        else:
            console.print(_line(check), soft_wrap=True)
        yield check


def _line(check: Check) -> str:
    from rich.markup import escape

    text = escape(printable(f"{check.name}  {check.asked}"))
    if check.skipped:
        return f"[yellow]–[/] {text}  [dim]{escape(printable(check.skipped))}[/]"
    if check.wrong:
        return f"[red]✗[/] {text}  [red]{escape(printable(check.wrong))}[/]"
    return f"[green]✓[/] {text}"
