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
    """In `deploy/`, outside dev, VERSION identifies the version.

    `/health` reports it, the smoke test compares it, and a rollback names it. `latest` or the name of a branch is the
    same for every version. Write `${VERSION:?}`.
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
    """In a Compose file, the name of a service of the backend resolves only to that service.

    `extra_hosts` writes a name into `/etc/hosts`, which takes precedence over DNS, and a network alias adds another
    container to a name: callers send their tokens to it. Only the proxy of a program may have the program's name.
    Remove the entry.
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
    """A container has time for a clean stop: no `stop_grace_period` below five seconds, no SIGKILL.

    In that time a service completes its open requests, and a database writes its memory to the disk. With `0s` every
    deployment breaks requests and starts the database with a recovery. Remove it: Stead writes 15 seconds, and 60 for
    PostgreSQL.
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
    """In `deploy/`, a service has the number of replicas that the description declares.

    With fewer it cannot serve the planned load, with 0 it does not run and `up` reports success; a job with two
    replicas does its work twice. Declare the number in the description: `replicas=2`, or `Environment(…,
    replicas={…})`.
    """
    for container in delivered(check_context):
        value = container.config.get("deploy", "replicas") or container.config.get("scale")
        promised = container.stack.expected
        if value is None or promised is None or "$" in value.text:
            continue
        process = promised.processes.get(container.name)
        expected = promised.context.replicas(process) if isinstance(process, Service) else 1
        if value.text.isdigit() and int(value.text) != expected:
            message = f"{container.name} has {value.text} replicas, but the description declares {expected}"
            also = process.where if process is not None else None
            yield Problem("COMPOSE041", message, value.place, f"write {expected}, or change the description", also)


@rule("COMPOSE042")
def databases_authenticate_and_persist(check_context: Context) -> Iterator[Problem]:
    """In `deploy/`, PostgreSQL and Redis require a password, and PostgreSQL does not lose committed data.

    With `POSTGRES_HOST_AUTH_METHOD: trust` any container of its networks is the superuser without a password; with
    `protected-mode no` a Redis without a password answers every client. With `fsync=off` or `full_page_writes=off` a
    crash of the machine corrupts the database; with `synchronous_commit=off` it loses committed transactions. Remove
    it.
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

    Its clients can read the configuration, drain the listeners and stop the gateway (`POST /quitquitquit`) without a
    password. Remove the port; to inspect Envoy, run a command in the container.
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
    """In `deploy/`, described services have no profile.

    `docker compose up` does not start a service with `profiles:`, without any message, and its dependents fail. Remove
    the profile; to leave a service out of an environment, write `Environment(…, without=(service,))`.
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
    """No container has a setting that accepts any certificate.

    `NODE_TLS_REJECT_UNAUTHORIZED: 0` and its like disable the authentication of TLS: an attacker on the path can read
    and change each request and its tokens. Add the certificate of the authority: `NODE_EXTRA_CA_CERTS`.
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
    """In `deploy/`, a container's output is stored, and the kernel may kill it when memory is short.

    With `logging.driver: none` the reason of a crash is lost. With `oom_kill_disable: true` or an `oom_score_adj` of
    -1000 the kernel kills another process instead, such as the database. Remove it.
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
    """In `deploy/`, a process has the described app and name, an address that others can reach, and real limits.

    With another SERVICE_NAME its tokens are refused, and its metrics count for the other service. With another app in
    `command` it is that other service. With `HOST: 127.0.0.1` only its own health check can reach it. Docker treats a
    limit of `0` as no limit. Write the described values.
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
    """In `deploy/`, a health check runs at least once a minute.

    With an interval of an hour a hanging program is detected after an hour, and dependents wait as long. A check is
    cheap: write `interval: 5s`.
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
