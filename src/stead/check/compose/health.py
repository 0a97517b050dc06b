"""Health: a container says whether it is healthy, in a way that works, and others wait until it is."""

import re
from collections.abc import Iterator, Mapping

from stead.check.compose.stack import Container, Stack, compose_model, containers, delivered, is_delivered, stacks
from stead.check.context import Context
from stead.check.docker_context import base_of, installs
from stead.check.facts.config_values import LIST
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.model import Problem, Service
from stead.model.health import HEALTH

URL = re.compile(
    r"(?:https?://)?(?P<host>127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1\])[:/](?P<port>\d{2,5})(?P<path>/[\w./-]*)?"
)
ASKED = re.compile(r"\bGET (?P<path>/[\w./-]*)")
UNDOUBLED = re.compile(r"(?<!\$)(?:\$\$)*\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})")
PROGRAM = re.compile(r"(?:^|[\s;&|(])(?P<name>curl|wget|bash|nc)\b")
FORMS = frozenset({"CMD", "CMD-SHELL", "NONE"})
OFFICIAL = re.compile(r"(?:docker\.io/)?(?:library/)?[^/]+")
# What these images lack, from their own Dockerfiles; the first entry that matches is used.
MISSING_PROGRAMS = (
    (re.compile(r"(?:^|/)nginx(?:-unprivileged)?:(?![^@]*slim)[^@]*alpine"), "bash"),
    (re.compile(r"distroless|^scratch$|grafana/loki:(?:3\.[6-9]|3\.\d\d|[4-9])|astral-sh/uv:"), "curl wget bash nc"),
    (re.compile(r"(?:envoyproxy/envoy|grafana/alloy):"), "curl wget nc"),
    (re.compile(r"(?:^|/)(?:alpine|busybox):|prom/\w+:|:[^@]*alpine"), "curl bash"),
    (re.compile(r"(?:^|/)(?:debian|ubuntu|postgres|redis|valkey|mysql|mariadb):|:[^@]*slim"), "curl wget nc"),
)


@rule("COMPOSE021")
def services_have_a_healthcheck(context: Context) -> Iterator[Problem]:
    """In `deploy/`, every long-running container has a health check that can fail.

    Without one Docker treats every running container as healthy: dependents start too early, and a deployment that
    hangs counts as done. Request the health contract's path inside the container. One-shot containers need none.
    """
    for container in delivered(context):
        check = container.config.get("healthcheck")
        if container.runs_once or (check is not None and _is_described(container, check)):
            continue
        if check is None or not check.words("test"):
            place = (check or container.config).place
            yield Problem("COMPOSE021", f"{container.name} has no health check", place, "add a healthcheck")
        elif check.is_on("disable") or check.words("test")[0] == "NONE" or _always_succeeds(check):
            message = f"the health check of {container.name} always succeeds"
            yield Problem("COMPOSE021", message, check.place, "request the path of the health contract")


def _is_described(container: Container, check: MergedConfig) -> bool:
    """Recognise a check that the description itself gives, which is then meant, whatever it is."""
    process = container.process
    probe = process.health.probe if isinstance(process, Service) else ()
    return bool(probe) and tuple(check.words("test")[1:]) == probe


def _always_succeeds(check: MergedConfig) -> bool:
    """Recognise a check that cannot fail: `true`, `exit 0`, or what is followed by either."""
    words = check.words("test")
    return words[1:] in (["true"], ["exit 0"]) or bool(re.search(r"\|\|\s*(?:true|exit 0|:)\s*$", words[-1]))


@rule("COMPOSE022")
def healthchecks_can_run(context: Context) -> Iterator[Problem]:
    """A health check is a list that Docker can run, of a program that the image has.

    `[CMD, "curl -f http://…"]` looks for a program of that whole name, and a list without `CMD` or `CMD-SHELL` is
    refused. Slim images have neither curl nor wget, distroless ones no shell: the check fails forever, and dependents
    of the service never start. Use a program of the image: Python's `urllib`, node's `fetch`, bash's `/dev/tcp`, or the
    program's own check. In `deploy/`, the rule also reports a single `$`, which Compose substitutes; `$$` is a dollar
    sign in the container. Outside, a program that an image of another project lacks is reported with `--strict`.
    """
    for container in containers(context):
        yield from _malformed(container)
        own = not is_delivered(context, container.stack.files[0])
        for _, item in container.config.each("healthcheck", "test"):
            lacking = _lacking(context, container, item)
            if lacking:
                message = f"{container.name} has a health check that needs {lacking}, which its image does not have"
                mend, sure = "use a program that the image has", not own or bool(OFFICIAL.fullmatch(container.image))
                yield Problem("COMPOSE022", message, item.place, mend, sure=sure or bool(container.config.get("build")))
            if not own and UNDOUBLED.search(item.text):
                message = f"Compose replaces {UNDOUBLED.search(item.text)[0]} before {container.name} sees it"  # type: ignore[index]
                yield Problem("COMPOSE022", message, item.place, "write $$ for a dollar sign in the container")


def _malformed(container: Container) -> Iterator[Problem]:
    """Yield a list that Docker does not run as it is meant."""
    test = container.config.get("healthcheck", "test")
    words = container.config.words("healthcheck", "test") if test is not None and test.kind == LIST else []
    if test is None or not words:
        return
    first, *rest = words
    if first not in FORMS:
        message = f"the health check of {container.name} begins with {first}, and Docker wants CMD or CMD-SHELL"
        yield Problem("COMPOSE022", message, test.place, "begin the list with CMD")
    elif first == "CMD" and rest and " " in rest[0].strip():
        message = f"the health check of {container.name} is one word: Docker looks for a program named {rest[0]!r}"
        yield Problem("COMPOSE022", message, test.place, "write each word by itself, or CMD-SHELL for a line")
    elif first == "CMD-SHELL" and len(rest) > 1:
        message = f"the health check of {container.name} runs {rest[0]!r} alone: the shell takes the first word"
        yield Problem("COMPOSE022", message, test.place, "write one line behind CMD-SHELL, or CMD for words")


def _lacking(context: Context, container: Container, item: MergedConfig) -> str:
    """Return the program that a word of a check runs and that the image lacks."""
    program = PROGRAM.search(item.text)
    folder = context.once(compose_model).home(item.file)
    image, dockerfile = base_of(context, container.config, folder) or (container.image, None)
    lacks = next((lacks for pattern, lacks in MISSING_PROGRAMS if pattern.search(image)), "")
    if program is None or program["name"] not in lacks.split():
        return ""
    return "" if dockerfile and installs(context, dockerfile, program["name"]) else program["name"]


@rule("COMPOSE023")
def healthchecks_ask_where_it_listens(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a health check requests the service's port and the path of its contract.

    With a wrong port the service is never healthy; a wrong path may always answer 200. `localhost` may resolve to `::1`
    inside a container, where a service on 0.0.0.0 does not listen: write `127.0.0.1`.
    """
    for container in delivered(context):
        expected = _health_path(container)
        for _, item in container.config.each("healthcheck", "test"):
            found, raw_probe = URL.search(item.text), ASKED.search(item.text)
            path = (found and found["path"]) or (raw_probe and raw_probe["path"]) or ""
            for wrong in _probe_problems(container, found, path, expected):
                yield Problem(
                    "COMPOSE023",
                    f"the health check of {container.name} requests {wrong}",
                    item.place,
                    _fix(container, expected),
                )


def _probe_problems(container: Container, found: re.Match[str] | None, path: str, expected: str) -> Iterator[str]:
    port = container.config.text_at("environment", "PORT")
    if found and found["host"] == "localhost":
        yield "localhost, which may resolve to another address than the service listens on"
    if found and port.isdigit() and found["port"] != port:
        yield f"the port {found['port']}, but the service listens on {port}"
    if path and expected and path != expected and "/dev/" not in path:
        yield f"{path}, but the service answers at {expected}"


def _health_path(container: Container) -> str:
    """Return the path at which a service answers for its health; empty where a program of its own is run instead."""
    process = container.process
    return process.health.path if isinstance(process, Service) and not process.health.probe else ""


def _fix(container: Container, expected: str) -> str:
    return f"request http://127.0.0.1:{container.config.text_at('environment', 'PORT') or '<port>'}{expected or HEALTH}"


@rule("COMPOSE024")
def who_depends_waits(context: Context) -> Iterator[Problem]:
    """In `deploy/`, `depends_on` waits until a container is healthy, or completed.

    `depends_on: [postgres]` waits until its process was started, which is seconds before it answers: the first
    migration fails, on a slow machine only. Write `condition: service_healthy`; `service_completed_successfully` for
    what is run once.
    """
    for stack in stacks(context):
        for container in stack.containers:
            for name, dependency in container.config.each("depends_on"):
                other = stack.named.get(name)
                condition = "service_completed_successfully" if other and other.runs_once else "service_healthy"
                if other is not None and dependency.text_at("condition") != condition:
                    message = f"{container.name} does not wait until {name} is {_state(other)}"
                    place = (dependency.get("condition") or dependency).place
                    yield Problem("COMPOSE024", message, place, f"write condition: {condition}")


def _state(container: Container) -> str:
    return "done" if container.runs_once else "well"


@rule("COMPOSE025")
def what_is_needed_is_waited_for(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a process waits for its servers, for the job that creates its database, and for its callees.

    Otherwise a process may start before its servers, and may exit instead of a retry. Services in a call cycle are
    excepted. Name it in `depends_on`, unless another dependency waits for it.
    """
    for stack in stacks(context):
        order = _order(stack)
        for container in stack.containers:
            dependencies = stack.expected.waits(container.name) if stack.expected else set()
            there = _reached(order, {name for name, _ in container.config.each("depends_on")})
            for name in sorted((dependencies & stack.named.keys()) - there):
                place = (container.config.get("depends_on") or container.config).place
                message = f"{container.name} does not wait for {name}"
                yield Problem("COMPOSE025", message, place, f"add {name} to its depends_on")


def _order(stack: Stack) -> dict[str, set[str]]:
    """Return for whom each container waits, and for whom it has to: what it lacks is said of it alone."""
    found: dict[str, set[str]] = {}
    for each in stack.containers:
        promised = stack.expected.waits(each.name) if stack.expected else set()
        found[each.name] = {name for name, _ in each.config.each("depends_on")} | promised
    return found


def _reached(order: Mapping[str, set[str]], first: set[str]) -> set[str]:
    """Return these containers, and all for whom they wait, through others too."""
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += order.get(name, ())
    return found


RULES = (
    services_have_a_healthcheck,
    healthchecks_can_run,
    healthchecks_ask_where_it_listens,
    who_depends_waits,
    what_is_needed_is_waited_for,
)
