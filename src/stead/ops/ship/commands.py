"""Every command of shipping as an argument list; this module runs nothing.

A command has the variables that Compose substitutes in its files: a version and names of images, none of them secret.
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
        """Validate the files; quietly, since the output would hold values of env files."""
        return self._compose("config", "--quiet")

    def pull(self) -> Command:
        """Pull missing images: a digest names the content, so a local image is up to date."""
        return self._compose("pull", "--quiet", "--policy", "missing")

    def build(self) -> Command:
        """Build with plain progress: `--quiet` would hide the output of a failed step."""
        return self._compose("--progress", "plain", "build")

    def up(self, wait: int = WAIT) -> Command:
        return self._compose("up", "--detach", "--wait", "--wait-timeout", str(wait), "--remove-orphans", "--no-build")

    def stop_one(self, service: str) -> Command:
        return self._compose("stop", service)

    def start_one(self, service: str, wait: int = WAIT) -> Command:
        """Start one stopped service again, without its dependencies."""
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
        """Print the digest of each service's configuration, as Compose labels containers with it."""
        return self._compose("config", "--hash", ",".join(services))

    def up_only(self, services: Sequence[str], wait: int = WAIT) -> Command:
        """Replace the changed ones of these services and their dependencies."""
        return self._compose("up", "--detach", "--wait", "--wait-timeout", str(wait), "--no-build", *services)

    def beside(self, service: str, name: str) -> Command:
        """Start one more container of a service under another name: on its networks, without its network name."""
        return self._compose("run", "--detach", "--no-deps", "--quiet-pull", "--name", name, service)

    def _compose(self, *words: str) -> Command:
        env_file = ("--env-file", self.env_file) if self.env_file else ()
        files = tuple(word for file in self.files for word in ("--file", file))
        return Command((*self.program, "--project-directory", ".", *env_file, *files, *words), self.variables)


def state(names: Sequence[str]) -> Command:
    """Print the state of containers, a line of JSON each."""
    return Command(("docker", "inspect", "--format", "{{json .State}}", *names))


def ask(name: str, words: Sequence[str]) -> Command:
    """Run a command inside a container."""
    return Command(("docker", "exec", name, *words))


def log_tail(name: str, last: int) -> Command:
    return Command(("docker", "logs", "--tail", str(last), name))


def remove(names: Sequence[str]) -> Command:
    """Remove containers, if they exist."""
    return Command(("docker", "rm", "--force", "--volumes", *names))


def stop(names: Sequence[str]) -> Command:
    """Stop containers, and wait for open requests: for each up to its stop_grace_period."""
    return Command(("docker", "stop", *names))


def beside_of(project: str) -> Command:
    """List the canaries of a project; a service may have such a name, too."""
    wanted = (*_labels(project, oneoff=True), "--filter", f"name=^/?{project}-{BESIDE}-")
    return Command(("docker", "ps", "--all", "--format", "{{.Names}}", *wanted))


def members(project: str) -> Command:
    """List the containers of a project by id, without canaries."""
    return Command(("docker", "ps", "--all", "--quiet", "--no-trunc", *_labels(project, oneoff=False)))


def _labels(project: str, *, oneoff: bool) -> tuple[str, ...]:
    """Filter by the labels of Compose; a container of `compose run` is a oneoff."""
    return ("--filter", f"label={_LABEL}.project={project}", "--filter", f"label={_LABEL}.oneoff={oneoff}")


def describe(names: Sequence[str]) -> Command:
    """Print the names and networks of containers, a line of JSON each, without their environment."""
    return Command(("docker", "inspect", "--format", _DESCRIBED, *names))


def join(network: str, name: str, aliases: Sequence[str]) -> Command:
    """Connect a container to a network, with aliases."""
    return Command(("docker", "network", "connect", *(w for a in aliases for w in ("--alias", a)), network, name))


def leave(network: str, name: str) -> Command:
    return Command(("docker", "network", "disconnect", network, name))


def programs() -> tuple[tuple[str, ...], ...]:
    """The forms of the Compose command, the usual one first."""
    return (PLUGIN, ("docker-compose",))


def version_of(program: Sequence[str]) -> Command:
    return Command((*program, "version", "--short"))
