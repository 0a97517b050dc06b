"""Hardening: what a container may do is what it needs, so that who breaks into one has got little."""

import re
from collections.abc import Iterator

from stead.check.compose.own_file import ENDS, is_trial
from stead.check.compose.stack import VARIABLE, Container, compose_files, delivered, own_stacks
from stead.check.context import Context
from stead.check.facts.compose import plain
from stead.check.facts.config_values import MAP
from stead.check.rule import rule
from stead.model import Problem, Service

POWERFUL = frozenset({"ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF"})
LOOSE = frozenset({"exec", "suid", "dev"})  # Docker mounts a tmpfs with noexec, nosuid and nodev
ROOT = frozenset({"root", "0"})
NUMBER = re.compile(r"\d+(?::\d+)?")


@rule("COMPOSE016")
def containers_drop_what_they_do_not_need(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a container drops all capabilities, gains no privileges, and writes nowhere but where it must.

    `cap_drop: [ALL]`, `no-new-privileges` and `read_only: true` cost a service nothing, and limit an attacker: no new
    programs, no way to become root. Use a volume, or a `tmpfs` with `noexec`, for files that the service writes; add a
    single needed capability with `cap_add`.
    """
    for container in delivered(context):
        for key, lacks, mend in _lacks(container):
            message = f"{container.name} {lacks}"
            place = (container.config.get(key) or container.config).place
            yield Problem("COMPOSE016", message, place, mend)


def _lacks(container: Container) -> Iterator[tuple[str, str, str]]:
    """Yield what is not there: the key that would say it, what is wrong without, and the fix."""
    if "ALL" not in container.config.words("cap_drop"):
        yield "cap_drop", "keeps capabilities that it does not need", "add cap_drop: [ALL]"
    options = {word.replace("=", ":") for word in container.config.words("security_opt")}
    if not options & {"no-new-privileges", "no-new-privileges:true"}:
        yield (
            "security_opt",
            "can gain privileges through a setuid program",
            "add security_opt: [no-new-privileges:true]",
        )
    if not container.config.is_on("read_only"):
        yield "read_only", "may write anywhere in its own files", "add read_only: true, and a tmpfs for /tmp"
    for mount in container.config.words("tmpfs"):
        if found := LOOSE & set(mount.partition(":")[2].split(",")):
            which = ", ".join(sorted(found))
            yield "tmpfs", f"may run what it writes to {mount.partition(':')[0]}: {which}", f"remove {which}"


@rule("COMPOSE017")
def no_powerful_capability_is_added(context: Context) -> Iterator[Problem]:
    """No container has a capability that equals root on its machine, or runs without the default isolation.

    With SYS_ADMIN disks are mounted, with SYS_PTRACE other processes are read, with SYS_MODULE the kernel is changed;
    `seccomp:unconfined` and `apparmor:unconfined` let all of that be tried. Add the one that is needed, or none.
    """
    for config in context.once(compose_files).values():
        for name, service in config.each("services"):
            for capability, at in service.each("cap_add"):
                if capability.removeprefix("CAP_") in POWERFUL:
                    message = f"{name} gets {capability}, which is equivalent to root on the machine"
                    yield Problem("COMPOSE017", message, at.place, "remove it, and add the one that is needed")
            for option, at in service.each("security_opt"):
                if option.endswith("unconfined"):
                    message = f"{name} runs without isolation: {option}"
                    yield Problem("COMPOSE017", message, at.place, "remove it")


@rule("COMPOSE018")
def containers_are_not_root(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a container runs as a numeric user that is not root; in other files, never explicitly as root.

    An image's own user may be root, and may change with its next release; a name is resolved inside the image, so it is
    not verifiable from outside. Write `user: "10001:10001"`. Root is allowed for a container that only reads files of
    the machine, such as Docker's logs. Outside of `deploy/`, the rule reports `user: root` of the services of the
    backend and of images that are built here; of other programs, of one-off containers, and in files for a laptop, it
    reports it with `--strict`.
    """
    for container in delivered(context):
        value = container.config.get("user")
        user = VARIABLE.sub(lambda found: found[2] or found[0], value.text) if value is not None else ""
        who = user.partition(":")[0]
        if who in ROOT and _reads_the_machine(container):
            continue
        if value is None or who in ROOT or not NUMBER.fullmatch(user):
            reason = f"runs as {user}" if user else "names no user"
            place = (value or container.config).place
            yield Problem("COMPOSE018", f"{container.name} {reason}", place, 'write user: "10001:10001"')
    yield from _own_root(context)


def _own_root(context: Context) -> Iterator[Problem]:
    """Yield the containers that a team's own files set to root."""
    for container in (each for stack in own_stacks(context) for each in stack.containers):
        user = container.config.get("user")
        if user is None or plain(user.text).partition(":")[0] not in ROOT or _reads_the_machine(container):
            continue
        own = container.process is not None or container.config.get("build") is not None
        ends = ENDS.search(container.name) or container.runs_once
        sure = own and not ends and not is_trial(context, user.file)
        message = f"{container.name} runs as {user.text}"
        yield Problem("COMPOSE018", message, user.place, 'write user: "10001:10001"', sure=sure)


def _reads_the_machine(container: Container) -> bool:
    """Recognise a container that has files of the machine, by their whole path, and none of them to write."""
    volumes = [volume for _, volume in container.config.each("volumes") if volume.kind == MAP]
    outside = [each for each in volumes if _source(each.text_at("source")).startswith("/")]
    return bool(outside) and all(each.is_on("read_only") for each in outside)


def _source(text: str) -> str:
    return VARIABLE.sub(lambda found: found[2] or "", text)


@rule("COMPOSE019")
def containers_are_bounded(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a container has limits of CPU, memory, processes, log size and `tmpfs` size.

    Without them a leak in one container takes down the machine; the log of one service fills the disk within weeks, and
    a `tmpfs` without a size takes half of the memory. Write `deploy.resources.limits: {cpus, memory, pids}`, and
    `logging.options: {max-size, max-file}`.
    """
    for container in delivered(context):
        limits = ("deploy", "resources", "limits")
        for names, what in ((("cpus",), "CPU"), (("memory", "mem_limit"), "memory"), (("pids", "pids_limit"), "pids")):
            if not container.config.text_at(*limits, names[0]) and not any(map(container.config.text_at, names)):
                message = f"{container.name} has no limit of {what}"
                place = (container.config.get(*limits) or container.config).place
                yield Problem("COMPOSE019", message, place, f"add deploy.resources.limits.{names[0]}")
        if not _log_is_bounded(container):
            message = f"the log of {container.name} has no limit, and can fill the disk"
            place = (container.config.get("logging") or container.config).place
            yield Problem("COMPOSE019", message, place, 'add logging.options: {max-size: 10m, max-file: "5"}')
        for _, item in container.config.each("tmpfs"):
            if "size=" not in item.text:
                message = f"{item.text.partition(':')[0]} of {container.name} may take half of the memory"
                yield Problem("COMPOSE019", message, item.place, "add its size: /tmp:size=64m")


def _log_is_bounded(container: Container) -> bool:
    driver = container.config.text_at("logging", "driver") or "json-file"
    bounded = bool(container.config.text_at("logging", "options", "max-size"))
    return driver != "json-file" or bounded


@rule("COMPOSE020")
def containers_are_restarted(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a service is restarted when it ends, and a one-shot container has `restart: "no"`.

    By default Docker does not restart a crashed container, and starts nothing after a reboot. A one-shot container
    without `restart` cannot be distinguished from a forgotten service. With `on-failure` a service stays down when it
    ends with 0, and after a restart of the Docker daemon. Write `restart: unless-stopped`.
    """
    for container in delivered(context):
        value = container.config.get("restart")
        if value is None:
            message = f"{container.name} is not restarted when it ends"
            yield Problem("COMPOSE020", message, container.config.place, "add restart: unless-stopped")
        elif (value.text in ("no", "false") or value.text.startswith("on-failure")) and isinstance(
            container.process, Service
        ):
            message = f"{container.name} is a service, and is not restarted when it ends"
            yield Problem("COMPOSE020", message, value.place, "write restart: unless-stopped")


RULES = (
    containers_drop_what_they_do_not_need,
    no_powerful_capability_is_added,
    containers_are_not_root,
    containers_are_bounded,
    containers_are_restarted,
)
