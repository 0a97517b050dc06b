"""The committed document against the code: it is what the service serves.

The code is imported in a process of its own, with a bound on its time and on what it says: a service may be hostile, or
merely start something when it is imported. One process is for all services: most of its time is Litestar's import.
"""

import os
import resource
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from stead.check.context import Context
from stead.check.contract.document import TOOL, mend, package_of, writing
from stead.check.contract.document_owner import Promise, documented
from stead.check.health.app_probe import ANSWER_TIMEOUT, probe_apps
from stead.check.health.probe_environment import environ
from stead.check.idle_deadline import POLL_SECONDS, IdleDeadline
from stead.check.openapi.document import DEEPEST, Part, Pointer, parsed, placed
from stead.check.probe import ProbeRequest
from stead.check.rule import rule
from stead.model import Problem, SourceLocation
from stead.model.interpreter import module_command

WHERE = ("/openapi.json", "/schema/openapi.json")  # the paths at which frameworks serve their document
IDLE = 30.0  # seconds without any progress
BUSY = 120.0  # CPU seconds for all services together
LARGEST = 64_000_000  # bytes of all documents together


class _ServedDocument(msgspec.Struct):
    package: str
    text: str = ""
    error: str = ""


@rule("CONTRACT013", cost="slow", fix=writing)
def documents_are_served(context: Context) -> Iterator[Problem]:
    """A committed `openapi.json` equals the document that the service serves.

    An outdated one misleads its readers, and hides a breaking change from a review. For a service of the kit (a package
    with ROUTES in service.py and HANDLERS in routes.py) the document is generated again and compared byte for byte; of
    any other ASGI app `/openapi.json` is requested, and the rule skips an app without one. Generate the document again
    and commit it with the change.
    """
    yield from _of_the_kit(context)
    for promise, document in asked_for(context):
        text = context.tree.text(promise.file) or ""
        differing = first_difference(_without_credentials(parsed(text), document), document)
        if differing is not None:
            message = f"this document differs from the one that {promise.name} answers with"
            place = placed(str(promise.file), text, differing)
            yield Problem("CONTRACT013", message, place, mend(context, promise, "fix"), promise.services[0].where)


def _without_credentials(committed: Any, answered: Part) -> Any:
    """Leave out what the committed document says of credentials, where the app says nothing of them.

    Credentials are held in front of such an app, which need not know of them; its document is for those who ask it.
    """
    if not isinstance(committed, dict) or "securitySchemes" in answered.get("components", {}):
        return committed
    components = {name: value for name, value in committed.get("components", {}).items() if name != "securitySchemes"}
    paths = {path: _operations_without_security(methods) for path, methods in committed.get("paths", {}).items()}
    return committed | {"paths": paths} | ({"components": components} if components else {})


def _operations_without_security(methods: Any) -> Any:
    if not isinstance(methods, dict):
        return methods
    return {
        method: {key: value for key, value in each.items() if key != "security"} if isinstance(each, dict) else each
        for method, each in methods.items()
    }


def _of_the_kit(context: Context) -> Iterator[Problem]:
    packages = {package: each for each in documented(context) if (package := package_of(context, each))}
    for package, made in served(tuple(packages), context.root).items():
        promise = packages[package]
        if made.error:
            message = f"the document that {promise.name} serves cannot be read: {made.error}"
            yield Problem("CONTRACT013", message, promise.services[0].where, f"see python -m {TOOL} --check {package}")
        elif (line := _differs(context.tree.text(promise.file) or "", made.text)) is not None:
            message = f"this document differs from the one that {promise.name} serves"
            also = promise.services[0].where
            yield Problem(
                "CONTRACT013", message, SourceLocation(str(promise.file), line, 1), mend(context, promise, "fix"), also
            )


def _differs(committed: str, made: str) -> int | None:
    """Return the first line in which two texts differ; None when they are the same."""
    if committed == made:
        return None
    one, two = committed.split("\n"), made.split("\n")
    same = next((number for number, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), None)
    return min(len(one), len(two)) if same is None else same + 1


def asked_for(context: Context) -> Iterator[tuple[Promise, Part]]:
    """Yield what apps that are not made with the kit answer when they are asked for their documents."""
    promises = {
        promise.services[0].name: promise for promise in documented(context) if not package_of(context, promise)
    }
    apps = [service for service in context.services if service.app and service.name in promises]
    requests = [
        ProbeRequest(each.name, each.app, environ(context, each), list(WHERE), ANSWER_TIMEOUT, own=True)
        for each in apps
    ]
    for name, answer in probe_apps(requests, context.root).items():
        replies = (answer.replies[path] for path in WHERE if path in answer.replies)
        document = next(
            (document for reply in replies if reply.status == 200 and (document := parsed(reply.body))), None
        )
        if document and "openapi" in document:
            yield promises[name], document


def first_difference(one: Any, two: Any, at: Pointer = ()) -> Pointer | None:
    """Return where two documents differ first, as deep as documents are; None when they are the same."""
    if isinstance(one, dict) and isinstance(two, dict) and len(at) < DEEPEST:
        keys: list[str | int] = [*one, *(key for key in two if key not in one)]
        return _among(one, two, at, keys)
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two) and len(at) < DEEPEST:
        return _among(dict(enumerate(one)), dict(enumerate(two)), at, list(range(len(one))))
    return None if len(at) >= DEEPEST or one == two else at


def _among(one: dict[Any, Any], two: dict[Any, Any], at: Pointer, keys: list[str | int]) -> Pointer | None:
    for key in keys:
        both = key in one and key in two
        differing = first_difference(one[key], two[key], (*at, key)) if both else (*at, key)
        if differing is not None:
            return differing
    return None


def served(packages: tuple[str, ...], root: Path) -> Mapping[str, _ServedDocument]:
    """Return what each package serves, or why that cannot be determined."""
    if not packages:
        return {}
    with tempfile.TemporaryFile() as output:
        why = _run(module_command(TOOL, "--show", *packages), root, output.fileno())
        output.seek(0)
        shown = _read(output.read(LARGEST).splitlines())
    rest = {package: _ServedDocument(package, error=why) for package in packages if package not in shown}
    return shown | rest


def _read(lines: list[bytes]) -> dict[str, _ServedDocument]:
    found = {}
    for line in lines:
        try:
            document = msgspec.json.decode(line, type=_ServedDocument)
        except msgspec.DecodeError:
            continue  # printed by a module while it was imported
        found[document.package] = document
    return found


def _run(words: list[str], root: Path, output: int) -> str:
    """Run a command to its end, or as long as it may take; return why it says no more."""
    around = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    running = subprocess.Popen(
        words,
        cwd=root,
        env=around,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_bounded,
    )
    deadline, why = IdleDeadline(running.pid, idle=IDLE, busy=BUSY), ""
    try:
        while running.poll() is None and not why:
            with suppress(subprocess.TimeoutExpired):
                running.wait(POLL_SECONDS)
                break
            why = deadline.expiry_reason()
    finally:
        status = running.poll()
        _end(running)
    return why or f"the process that imported it ended with {status}"


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


RULES = (documents_are_served,)
