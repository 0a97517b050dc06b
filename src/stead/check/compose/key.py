"""Keys: what a Compose file calls a thing is what Compose calls it; from the schema of the Compose Specification."""

from collections.abc import Iterator
from difflib import get_close_matches

from stead.check.compose.stack import compose_files
from stead.check.context import Context
from stead.check.facts.compose import plain
from stead.check.facts.config_values import MAP
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.model import Problem


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


TOP = _set("configs include jobs models name networks secrets services version volumes")
SERVICE = _set("""
    annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count
    cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on
    deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file environment expose
    extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels
    links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks
    oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_start pre_stop privileged profiles
    provider pull_policy pull_refresh_after read_only restart runtime scale secrets security_opt shm_size stdin_open
    stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits umask use_api_socket user userns_mode uts
    volumes volumes_from working_dir
    """)
PARTS = {
    "healthcheck": _set("disable interval retries start_interval start_period test timeout"),
    "deploy": _set(
        "endpoint_mode labels mode placement replicas resources restart_policy rollback_config update_config"
    ),
    "logging": frozenset({"driver", "options"}),
}
RESTARTS = ("no", "false", "always", "unless-stopped", "on-failure")
CONDITIONS = ("service_started", "service_healthy", "service_completed_successfully")


@rule("COMPOSE058")
def keys_are_those_of_compose(context: Context) -> Iterator[Problem]:
    """A key of a Compose file is one that Compose knows, and so is a restart policy, and a condition of `depends_on`.

    Compose refuses the whole file for `enviroment:` (`additional properties are not allowed`), and Docker the container
    for `restart: unless-stoped`, on the machine where it is to run. Fix the word; a key
    for other tools starts with `x-`.
    """
    for config in context.once(compose_files).values():
        yield from _unknown(config, TOP, "the file")
        for name, service in config.each("services"):
            yield from _unknown(service, SERVICE, name)
            for part, keys in PARTS.items():
                yield from _unknown(service.get(part), keys, f"{part} of {name}")
            yield from _words(name, service)


def _unknown(config: MergedConfig | None, known: frozenset[str], whose: str) -> Iterator[Problem]:
    for key, item in config.members.items() if config is not None and config.kind == MAP else ():
        if key not in known and not key.startswith(("x-", "<<")):
            yield Problem("COMPOSE058", f"Compose knows no {key} in {whose}", item.place, _mend(key, known))


def _words(name: str, service: MergedConfig) -> Iterator[Problem]:
    restart = service.get("restart")
    policy = plain(restart.text).partition(":")[0] if restart is not None else ""
    if restart is not None and policy and policy not in RESTARTS:
        message = f"Docker knows no restart policy {policy} of {name}"
        yield Problem("COMPOSE058", message, restart.place, _mend(policy, frozenset(RESTARTS)))
    for _, dependency in service.each("depends_on"):
        condition = dependency.get("condition")
        if condition is not None and plain(condition.text) not in (*CONDITIONS, ""):
            message = f"Compose knows no condition {condition.text} of {name}"
            yield Problem("COMPOSE058", message, condition.place, _mend(condition.text, frozenset(CONDITIONS)))


def _mend(word: str, known: frozenset[str]) -> str:
    near = get_close_matches(word, sorted(known), 1)
    return f"write {near[0]}" if near else "remove it, or start it with x-"


RULES = (keys_are_those_of_compose,)
