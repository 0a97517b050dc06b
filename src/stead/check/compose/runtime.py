"""Runtime: a stack runs the version, the number and the durability that are described, and is stopped in time."""

import re
from collections.abc import Iterator

from stead.check.compose.stack import VARIABLE, Container, compose_files, delivered, stacks
from stead.check.context import Context
from stead.check.facts.config_values import MAP
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.gateway.proxy.sidecar import names as proxy_names
from stead.model import Problem, Process, Service

MOVING = frozenset({"latest", "main", "master", "head", "dev", "develop", "unknown", "stable", "nightly", "edge"})
SHORTEST = 5.0  # seconds: a service of the kit closes its pools in this time
SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
DURATION = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h)")
ADMIN = "9901"  # Envoy's administration
TRUST = re.compile(r"--auth(?:-host)?[= ]trust|\btrust\b")
UNPROTECTED = re.compile(r"--protected-mode[= ]no\b|\bprotected-mode no\b")
UNSAFE = re.compile(r"\b(fsync|full_page_writes|synchronous_commit)\s*=\s*(off|false|no|0)\b", re.IGNORECASE)
KILLS = frozenset({"SIGKILL", "KILL", "9", "SIGSTOP", "STOP", "19"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
NOTHING = re.compile(r"0(?:\.0+)?\s*[kKmMgG]?[bB]?|-1")
RARELY = 60.0  # seconds
UNCHECKED = {"NODE_TLS_REJECT_UNAUTHORIZED": "0", "PYTHONHTTPSVERIFY": "0", "GIT_SSL_NO_VERIFY": "1"}


@rule("COMPOSE038")
def versions_are_set(check_context: Context) -> Iterator[Problem]:
    """In `deploy/`, outside dev, VERSION says which version runs.

    `/health` answers it, the smoke test compares it, and a rollback names it. `latest` or the name of a branch is the
    same word for every version, so that nobody can tell an old one from a new one. Write `${VERSION:?}`.
    """
    for container in delivered(check_context):
        value = container.config.get("environment", "VERSION")
        if value is None or container.stack.environment is None or container.stack.is_dev:
            continue
        text = VARIABLE.sub(lambda found: found[2] or "", value.text).strip().lower()
        if text in MOVING:
            message = f"{container.name} has the version {text}, which is the same for every version"
            yield Problem("COMPOSE038", message, value.place, "write VERSION: ${VERSION:?}")


@rule("COMPOSE039")
def names_lead_to_their_owners(check_context: Context) -> Iterator[Problem]:
    """In a Compose file, the name of a service of the backend leads to that service and to nothing else.

    `extra_hosts` writes a name into `/etc/hosts`, which is read before any DNS, and an alias of a network answers to a
    name beside its owner: callers send their tokens to whatever is there. The proxy of a program alone may have the
    program's name. Remove the entry.
    """
    names = {process.name for process in check_context.backend.processes} if check_context.backend else set()
    for config in check_context.once(compose_files).values():
        for container, service in config.each("services"):
            for text, at in service.each("extra_hosts"):
                host = re.split(r"[:=]", at.text if at.text and re.search(r"[:=]", at.text) else text)[0].strip()
                if host in names:
                    message = f"{container} resolves {host} to another address"
                    yield Problem("COMPOSE039", message, at.place, f"remove {host} from extra_hosts")
            for alias, at in _aliases(service):
                if alias in names and container not in (alias, proxy_names(alias)[0]):
                    message = f"{container} answers to the name {alias}"
                    yield Problem("COMPOSE039", message, at.place, f"remove the alias {alias}")


def _aliases(service: MergedConfig) -> Iterator[tuple[str, MergedConfig]]:
    for _, network in service.each("networks"):
        yield from network.each("aliases")
    for key in ("container_name", "hostname"):
        at = service.get(key)
        if at is not None:
            yield at.text, at


@rule("COMPOSE040")
def containers_are_stopped_in_time(check_context: Context) -> Iterator[Problem]:
    """A container is asked to stop and has time to: no `stop_grace_period` below five seconds, no SIGKILL.

    Within that time a service answers what it has begun, and a database writes what it has in memory. With `0s` every
    deployment cuts requests off and starts the database with its recovery. Remove it: Stead writes 15 seconds, and 60
    for PostgreSQL.
    """
    for config in check_context.once(compose_files).values():
        for name, service in config.each("services"):
            grace, signal = service.get("stop_grace_period"), service.get("stop_signal")
            if grace is not None and (seconds := _seconds(grace.text)) is not None and seconds < SHORTEST:
                message = f"{name} is killed after {seconds:g} seconds"
                yield Problem("COMPOSE040", message, grace.place, "write stop_grace_period: 15s")
            if signal is not None and signal.text.upper() in KILLS:
                message = f"{name} is stopped by {signal.text}, which it cannot handle"
                yield Problem("COMPOSE040", message, signal.place, "remove stop_signal")


def _seconds(text: str) -> float | None:
    parts = DURATION.findall(text.replace(" ", ""))
    if not parts:
        return 0.0 if text == "0" else None
    return sum(float(number) * SECONDS[unit] for number, unit in parts)


@rule("COMPOSE041")
def replicas_are_as_described(check_context: Context) -> Iterator[Problem]:
    """In `deploy/`, a service runs as many times as the description says.

    With fewer the load that was planned for is not carried, with 0 nothing runs and `up` is content; a job that runs
    twice does its work twice. Say the number in the description: `replicas=2`, or `Environment(…, replicas={…})`.
    """
    for container in delivered(check_context):
        value = container.config.get("deploy", "replicas") or container.config.get("scale")
        promised = container.stack.expected
        if value is None or promised is None or "$" in value.text:
            continue
        process = promised.processes.get(container.name)
        expected = promised.context.replicas(process) if isinstance(process, Service) else 1
        if value.text.isdigit() and int(value.text) != expected:
            message = f"{container.name} runs {value.text} times, and {expected} is described"
            also = process.where if process is not None else None
            yield Problem("COMPOSE041", message, value.place, f"write {expected}, or change the description", also)


@rule("COMPOSE042")
def databases_authenticate_and_persist(check_context: Context) -> Iterator[Problem]:
    """In `deploy/`, PostgreSQL and Redis ask who is there, and PostgreSQL keeps what it has acknowledged.

    With `POSTGRES_HOST_AUTH_METHOD: trust` any container of its networks is the superuser without a password; with
    `protected-mode no` a Redis that lost its password answers everybody. With `fsync=off` or `full_page_writes=off` a
    crash of the machine leaves a database that cannot be repaired; with `synchronous_commit=off` it loses what was
    acknowledged. Remove it.
    """
    for container in delivered(check_context):
        yield from unguarded("COMPOSE042", container.name, container.config)
        yield from unprotected("COMPOSE042", container.name, container.config)


def unprotected(code: str, container: str, service: MergedConfig) -> Iterator[Problem]:
    """Yield what makes a Redis or a Valkey accept everybody."""
    command = service.get("command") or service.get("entrypoint")
    found = UNPROTECTED.search(" ".join(word.text for word in _texts(service)))
    if command is not None and found:
        message = f"{container} accepts every connection that has no password: {found[0]}"
        yield Problem(code, message, command.place, "remove protected-mode no, and give it a password or an ACL file")


def unguarded(code: str, container: str, service: MergedConfig) -> Iterator[Problem]:
    """Yield what makes a PostgreSQL accept everybody, or lose data."""
    for name in ("POSTGRES_HOST_AUTH_METHOD", "POSTGRES_INITDB_ARGS"):
        setting_value = service.get("environment", name)
        if setting_value is not None and TRUST.search(setting_value.text):
            message = f"{container} accepts every connection without a password"
            yield Problem(code, message, setting_value.place, f"remove {name}")
    for word in _texts(service):
        for setting, value in UNSAFE.findall(word.text):
            message = f"{container} runs with {setting}={value}, and loses data in a crash"
            yield Problem(code, message, word.place, f"remove {setting}={value}")


def _texts(service: MergedConfig) -> Iterator[MergedConfig]:
    for key in ("entrypoint", "command"):
        value = service.get(key)
        if value is not None:
            yield from value.members.values() or (value,)


@rule("COMPOSE043")
def administration_is_not_published(check_context: Context) -> Iterator[Problem]:
    """No container publishes port 9901, the admin port of Envoy.

    Anyone who reaches it reads all of the configuration, empties the listeners and ends the gateway (`POST
    /quitquitquit`) without any password. Remove the port; for a look at it, run a command in the container.
    """
    for config in check_context.once(compose_files).values():
        for name, service in config.each("services"):
            for _, port in service.each("ports"):
                target = port.text_at("target") if port.kind == MAP else port.text.rpartition(":")[2].partition("/")[0]
                if target == ADMIN:
                    message = f"{name} publishes {ADMIN}, the admin port of Envoy"
                    yield Problem("COMPOSE043", message, port.place, "remove the port")


@rule("COMPOSE044")
def nothing_described_is_hidden(check_context: Context) -> Iterator[Problem]:
    """In `deploy/`, what is described runs without a profile.

    A service with `profiles:` is not started by `docker compose up`, and nothing says so; what depends on it fails.
    Remove the profile; what an environment is to run without is said there: `Environment(…, without=(service,))`.
    """
    for stack in stacks(check_context):
        known = stack.expected.processes.keys() | {*stack.expected.context.servers} if stack.expected else set()
        whole = stack.environment is not None and stack.part in stack.files[-1].name.split(".")
        for container in stack.containers if whole else ():
            value = container.config.get("profiles")
            if value is not None and (value.members or value.text) and container.name in known:
                message = f"{container.name} is hidden by a profile, and does not run"
                yield Problem("COMPOSE044", message, value.place, "remove profiles")


@rule("COMPOSE045")
def certificates_are_checked(check_context: Context) -> Iterator[Problem]:
    """No container is told to accept any certificate.

    `NODE_TLS_REJECT_UNAUTHORIZED: 0` and its like turn TLS into an encryption with anyone who is there: each request
    and its tokens can be read and changed on the way. Give it the certificate of the authority: `NODE_EXTRA_CA_CERTS`.
    """
    for config in check_context.once(compose_files).values():
        for name, service in config.each("services"):
            for variable, value in UNCHECKED.items():
                given = service.get("environment", variable)
                if given is not None and given.text.lower() in (value, "true" if value == "1" else "false"):
                    message = f"{name} accepts any certificate: {variable}={given.text}"
                    yield Problem("COMPOSE045", message, given.place, f"remove {variable}")


@rule("COMPOSE046")
def output_is_kept(check_context: Context) -> Iterator[Problem]:
    """In `deploy/`, what a container says is kept, and the kernel may end it when memory is short.

    With `logging.driver: none` nobody learns why it ended. With `oom_kill_disable: true` or an `oom_score_adj` of
    -1000 the kernel ends something else instead, such as the database beside it. Remove it.
    """
    for container in delivered(check_context):
        driver = container.config.get("logging", "driver")
        if driver is not None and driver.text == "none":
            message = f"the output of {container.name} is discarded"
            yield Problem("COMPOSE046", message, driver.place, "write driver: json-file")
        for key in ("oom_kill_disable", "oom_score_adj"):
            value = container.config.get(key)
            if value is not None and (container.config.is_on(key) or value.text == "-1000"):
                message = f"{container.name} takes memory from the others: {key}"
                yield Problem("COMPOSE046", message, value.place, f"remove {key}")


@rule("COMPOSE047")
def processes_get_what_is_described(check_context: Context) -> Iterator[Problem]:
    """In `deploy/`, a process is told what is described: its app, its name, an address that others reach, real limits.

    With the SERVICE_NAME of another its tokens are refused and its metrics are the other's. With the app of another in
    its `command` it is that other one. With `HOST: 127.0.0.1` only its own health check reaches it. A limit of `0` is
    no limit for Docker: the one that leaks takes the machine. Write what the description says.
    """
    for container in delivered(check_context):
        name, host = (container.config.get("environment", key) for key in ("SERVICE_NAME", "HOST"))
        if container.process is not None and name is not None and name.text not in ("", container.name):
            message = f"{container.name} has SERVICE_NAME={name.text}"
            yield Problem("COMPOSE047", message, name.place, f"write SERVICE_NAME: {container.name}")
        yield from _app_of_another(container)
        if host is not None and host.text in LOOPBACK:
            message = f"{container.name} listens on {host.text}, which other containers cannot reach"
            yield Problem("COMPOSE047", message, host.place, "write HOST: 0.0.0.0")
        for key, limit in container.config.each("deploy", "resources", "limits"):
            if NOTHING.fullmatch(container.config.text_at("deploy", "resources", "limits", key)):
                message = f"{container.name} has no limit of {key}: {limit.text} means none"
                yield Problem("COMPOSE047", message, limit.place, f"write how much {key} it needs")


def _app_of_another(container: Container) -> Iterator[Problem]:
    """Yield what a command names that is another service's app, or another job's entry."""
    others = container.stack.expected.processes.values() if container.stack.expected and container.process else ()
    apps = {_code(each): each.name for each in others if each is not container.process and _code(each)}
    for key in ("command", "entrypoint"):
        for word in container.config.words(key):
            if word in apps and word != _code(container.process):
                message = f"{container.name} runs {word}, which is {apps[word]}"
                own = _code(container.process)
                mend = f"write {own}" if own else f"remove {key}"
                yield Problem("COMPOSE047", message, (container.config.get(key) or container.config).place, mend)


def _code(process: Process | None) -> str:
    return str(getattr(process, "app", "") or getattr(process, "entry", ""))


@rule("COMPOSE048")
def healthchecks_ask_often(check_context: Context) -> Iterator[Problem]:
    """In `deploy/`, a health check asks the program once a minute at least.

    With an interval of an hour a program that hangs is found after an hour, and what waits for it to be healthy waits
    as long. Asking costs little: write `interval: 5s`.
    """
    for container in delivered(check_context):
        interval = container.config.get("healthcheck", "interval")
        if interval is not None and (_seconds(interval.text) or 0) > RARELY:
            message = f"{container.name} runs its health check every {interval.text}"
            yield Problem("COMPOSE048", message, interval.place, "write interval: 5s")


RULES = (
    versions_are_set,
    names_lead_to_their_owners,
    containers_are_stopped_in_time,
    replicas_are_as_described,
    databases_authenticate_and_persist,
    administration_is_not_published,
    nothing_described_is_hidden,
    certificates_are_checked,
    output_is_kept,
    processes_get_what_is_described,
    healthchecks_ask_often,
)
