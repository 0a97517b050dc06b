"""The committed document against the code: it is what the service serves.

The code is imported in a process of its own, with a bound on its time and on what it says: a service may be hostile, or
merely start something when it is imported. One process is for all services: most of its time is Litestar's import.
"""

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from stead.check.contract.document import TOOL, mend, package_of, writing
from stead.check.contract.promise import documented
from stead.check.rule import rule
from stead.check.seen import Seen
from stead.model import Place, Problem

LONGEST = 60.0  # seconds for all services together
LARGEST = 64_000_000  # bytes of all documents together


class _Shown(msgspec.Struct):
    package: str
    text: str = ""
    error: str = ""


@rule("CONTRACT013", cost="slow", fix=writing)
def documents_are_served(seen: Seen) -> Iterator[Problem]:
    """A committed `openapi.json` is what the service serves.

    The document is made again from the handlers and the routes, and compared byte for byte. One that lags behind
    misleads whoever builds against it, and a breaking change in the code passes a review unseen. It is asked of a
    service made with the kit: a package with ROUTES in service.py and HANDLERS in routes.py. Write the document anew
    and commit it with the change.
    """
    packages = {package: each for each in documented(seen) if (package := package_of(seen, each))}
    for package, made in served(tuple(packages), seen.root).items():
        promise = packages[package]
        if made.error:
            message = f"what {promise.name} serves cannot be told: {made.error}"
            yield Problem("CONTRACT013", message, promise.services[0].where, f"see python -m {TOOL} --check {package}")
        elif (line := _differs(seen.tree.text(promise.file) or "", made.text)) is not None:
            message = f"this is not what {promise.name} serves"
            also = promise.services[0].where
            yield Problem("CONTRACT013", message, Place(str(promise.file), line, 1), mend(seen, promise, "mend"), also)


def _differs(committed: str, made: str) -> int | None:
    """Return the first line in which two texts differ; None when they are the same."""
    if committed == made:
        return None
    one, two = committed.split("\n"), made.split("\n")
    same = next((number for number, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), None)
    return min(len(one), len(two)) if same is None else same + 1


def served(packages: tuple[str, ...], root: Path) -> Mapping[str, _Shown]:
    """Return what each package serves, or why that cannot be told."""
    if not packages:
        return {}
    with tempfile.TemporaryFile() as output:
        why = _run([sys.executable, "-m", TOOL, "--show", *packages], root, output.fileno())
        output.seek(0)
        shown = _read(output.read(LARGEST).splitlines())
    rest = {package: _Shown(package, error=why) for package in packages if package not in shown}
    return shown | rest


def _read(lines: list[bytes]) -> dict[str, _Shown]:
    found = {}
    for line in lines:
        try:
            said = msgspec.json.decode(line, type=_Shown)
        except msgspec.DecodeError:
            continue  # printed by what was imported
        found[said.package] = said
    return found


def _run(words: list[str], root: Path, output: int) -> str:
    """Run a command to its end, or as long as it may take; return why it says no more."""
    environ = {**os.environ, "PYTHONPATH": _path(root), "PYTHONDONTWRITEBYTECODE": "1"}
    running = subprocess.Popen(
        words,
        cwd=root,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_bounded,
    )
    try:
        status = running.wait(LONGEST)
    except subprocess.TimeoutExpired:
        return f"importing it takes longer than {LONGEST:g} s"
    finally:
        _end(running)
    return f"the process that imported it ended with {status}"


def _bounded() -> None:
    """Let the process write no more than can be read."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))


def _end(running: "subprocess.Popen[bytes]") -> None:
    """End a process with all that it has started."""
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        running.wait()


def _path(root: Path) -> str:
    """Return where modules are looked for: in the folder of the description first."""
    return os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))


RULES = (documents_are_served,)
