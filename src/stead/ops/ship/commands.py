"""Every command that shipping runs, as an argument list. Nothing here runs anything, or looks at anything.

A command carries the variables that Compose puts into its files; they are a version and the names of images, and so
may be shown.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

PLUGIN = ("docker", "compose")
WAIT = 180  # seconds in which everything has to be healthy
BESIDE = "canary"  # what is in the names of containers that a ship starts beside those of Compose
_LABEL = "com.docker.compose"
_DESCRIBED = (
    '{"id":{{json .Id}},"name":{{json .Name}},"networks":{{json .NetworkSettings.Networks}},'
    f'"service":{{{{json (index .Config.Labels "{_LABEL}.service")}}}},'
    f'"digest":{{{{json (index .Config.Labels "{_LABEL}.config-hash")}}}}}}'
)


@dataclass(frozen=True, slots=True)
class Command:
    """One program to run in the folder of the Compose files."""

    words: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        given = [f"{name}={shlex.quote(value)}" for name, value in sorted(self.variables.items())]
        return " ".join([*given, shlex.join(self.words)])


@dataclass(frozen=True, slots=True)
class Compose:
    """Compose with the files of one version.

    files      relative to the folder of the Compose files
    env_file   what a person gives there; empty: nothing
    variables  the version and its images, in place of what the env file says of them
    program    how Compose is called on this machine
    """

    files: tuple[str, ...]
    env_file: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = PLUGIN

    def config(self) -> Command:
        """Whether the files can be used; quiet, since what it would print holds what env files say."""
        return self._compose("config", "--quiet")

    def pull(self) -> Command:
        """Images are named by digest: what is here already is the right one."""
        return self._compose("pull", "--quiet", "--policy", "missing")

    def build(self) -> Command:
        """Build in plain lines: `--quiet` leaves out what a step of a Dockerfile printed before it failed."""
        return self._compose("--progress", "plain", "build")

    def up(self, wait: int = WAIT) -> Command:
        return self._compose("up", "--detach", "--wait", "--wait-timeout", str(wait), "--remove-orphans", "--no-build")

    def stop_one(self, service: str) -> Command:
        return self._compose("stop", service)

    def start_one(self, service: str, wait: int = WAIT) -> Command:
        """Start a service that was stopped, as it was, and nothing else."""
        words = ("up", "--detach", "--wait", "--wait-timeout", str(wait), "--no-deps", "--no-recreate", service)
        return self._compose(*words)

    def down(self) -> Command:
        """Stop and remove everything but the data."""
        return self._compose("down", "--remove-orphans")

    def processes(self) -> Command:
        return self._compose("ps", "--all", "--format", "json")

    def logs(self, service: str, last: int) -> Command:
        return self._compose("logs", "--no-color", "--no-log-prefix", "--tail", str(last), service)

    def port(self, service: str, port: int) -> Command:
        return self._compose("port", service, str(port))

    def services(self) -> Command:
        return self._compose("config", "--services")

    def digests(self, services: Sequence[str]) -> Command:
        """Ask for the digest of each service's configuration, as Compose writes it on a container."""
        return self._compose("config", "--hash", ",".join(services))

    def up_only(self, services: Sequence[str], wait: int = WAIT) -> Command:
        """Replace what changed of these services, and of those for which they wait."""
        return self._compose("up", "--detach", "--wait", "--wait-timeout", str(wait), "--no-build", *services)

    def beside(self, service: str, name: str) -> Command:
        """Start one more of a service under another name: on its networks, and in nobody's list of addresses."""
        return self._compose("run", "--detach", "--no-deps", "--quiet-pull", "--name", name, service)

    def _compose(self, *words: str) -> Command:
        env_file = ("--env-file", self.env_file) if self.env_file else ()
        files = tuple(word for file in self.files for word in ("--file", file))
        return Command((*self.program, "--project-directory", ".", *env_file, *files, *words), self.variables)


def state(names: Sequence[str]) -> Command:
    """Ask how containers are: a line of JSON each."""
    return Command(("docker", "inspect", "--format", "{{json .State}}", *names))


def ask(name: str, words: Sequence[str]) -> Command:
    """Run words inside a container."""
    return Command(("docker", "exec", name, *words))


def log_tail(name: str, last: int) -> Command:
    return Command(("docker", "logs", "--tail", str(last), name))


def remove(names: Sequence[str]) -> Command:
    """Remove containers, whether they are there or not."""
    return Command(("docker", "rm", "--force", "--volumes", *names))


def stop(names: Sequence[str]) -> Command:
    """Tell containers to end, and wait for the answers that they still give: each as long as its stop_grace_period."""
    return Command(("docker", "stop", *names))


def beside_of(project: str) -> Command:
    """Ask for all containers that a ship has started beside those of a project; a service may be called so, too."""
    wanted = (*_labels(project, oneoff=True), "--filter", f"name=^/?{project}-{BESIDE}-")
    return Command(("docker", "ps", "--all", "--format", "{{.Names}}", *wanted))


def members(project: str) -> Command:
    """Ask for the containers of a project, by id, without those that were started beside them."""
    return Command(("docker", "ps", "--all", "--quiet", "--no-trunc", *_labels(project, oneoff=False)))


def _labels(project: str, *, oneoff: bool) -> tuple[str, ...]:
    """Filter by the labels of Compose; a container of `compose run` is a oneoff."""
    return ("--filter", f"label={_LABEL}.project={project}", "--filter", f"label={_LABEL}.oneoff={oneoff}")


def describe(names: Sequence[str]) -> Command:
    """Ask what containers are called, and in which networks: a line of JSON each, without their environment."""
    return Command(("docker", "inspect", "--format", _DESCRIBED, *names))


def join(network: str, name: str, aliases: Sequence[str]) -> Command:
    """Connect a container to a network in which it is found by further names."""
    return Command(("docker", "network", "connect", *(w for a in aliases for w in ("--alias", a)), network, name))


def leave(network: str, name: str) -> Command:
    return Command(("docker", "network", "disconnect", network, name))


def programs() -> tuple[tuple[str, ...], ...]:
    """How Compose may be called, the usual way first."""
    return (PLUGIN, ("docker-compose",))


def version_of(program: Sequence[str]) -> Command:
    return Command((*program, "version", "--short"))
