"""The secret files of an environment, and the processes that get each; this module handles no values.

A secret of one process is named after both, `points-service.DATABASE_URL`; a given secret is named after its setting,
since one name has one value for all processes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stead.gateway.proxy.sidecar import agent_wires, program_wires
from stead.model import Dev, Process, Resource, Setting
from stead.model import wiring as symbol
from stead.model.resource_form import PUBLIC, URL
from stead.render.compose.context import ComposeContext
from stead.render.compose.spec import EnvFile, Secret, SecretMount
from stead.render.context import ServerPart, reads_files, server_of

FOLDER = "secrets"
RUN = "/run/secrets"
KEY_SET = "identity.jwks.json"
ADMIN = "postgres.ADMIN_URL"
PASSWORD = "postgres.PASSWORD"  # noqa: S105 - a file's name
USERS = "redis.users.acl"
IDENTITIES = "s3.identities.json"
S3_ADMIN = "s3.ADMIN_URL"
GRAFANA = Setting("GRAFANA_PASSWORD", secret=True, dev=Dev.RANDOM, help="The password of Grafana's user admin.")


@dataclass(frozen=True)
class ProvidedSecret:
    """Given by a person; in development generated."""

    setting: Setting


@dataclass(frozen=True)
class SigningKey:
    process: str


@dataclass(frozen=True)
class Keyring:
    callers: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class PartUrl:
    """The URL of a part of a server, with the credentials of its user."""

    server: str
    part: ServerPart


@dataclass(frozen=True)
class UrlForm:
    """A part of a resource's URL, such as its password: derived from the URL, never given."""

    server: str
    part: ServerPart
    form: str


@dataclass(frozen=True)
class Server:
    """A server's own file: the administrator's URL or password, or the list of its users."""

    server: str
    parts: tuple[ServerPart, ...]


@dataclass(frozen=True)
class KeySet:
    """The public keys of the development identity provider."""


@dataclass(frozen=True)
class EnvironFile:
    """All secrets of a program that does not read files, as an env file: setting → the secret's name."""

    values: tuple[tuple[str, str], ...]


Kind = ProvidedSecret | SigningKey | Keyring | PartUrl | UrlForm | Server | KeySet | EnvironFile


def secret_values(context: ComposeContext, process: Process) -> dict[str, tuple[str, Kind]]:
    """Return the secrets of a process or its proxy: by setting, the secret's name and kind."""
    return _secrets_of(context, process, context.wires[process.name])


def process_secrets(context: ComposeContext, process: Process) -> dict[str, tuple[str, Kind]]:
    """Return the secrets of a process, without those of its proxy."""
    wires = context.wires[process.name]
    return _secrets_of(context, process, program_wires(process, wires) if process.name in context.sidecars else wires)


def proxy_secrets(context: ComposeContext, process: Process) -> dict[str, tuple[str, Kind]]:
    """Return the keys that the proxy of a program gets in its place."""
    return _secrets_of(context, process, agent_wires(context.wires[process.name]))


def _secrets_of(context: ComposeContext, process: Process, wires: Iterable[symbol.Wire]) -> dict[str, tuple[str, Kind]]:
    found: dict[str, tuple[str, Kind]] = {}
    for wire in wires:
        name, own = wire.setting.name, f"{process.name}.{wire.setting.name}"
        match wire.value:
            case symbol.AddressOf(resource, _, form) if form != PUBLIC:
                found[name] = _address(context, name, resource, form)
            case symbol.PrivateKeyOf():
                found[name] = (own, SigningKey(process.name))
            case symbol.Keyring(_, callers):
                found[name] = (own, Keyring(callers))
            case symbol.Supplied() if wire.setting.secret:
                found[name] = (name, ProvidedSecret(wire.setting))
            case symbol.Supplied() if wire.setting.dev is Dev.KEY_SET and context.is_dev:
                found[name] = (KEY_SET, KeySet())
    return found


def _address(context: ComposeContext, setting: str, resource: Resource, form: str) -> tuple[str, Kind]:
    part, server = context.parts[resource], server_of(resource)
    if form == URL:
        return part.secret, PartUrl(server, part)
    return part.form_secret(setting), UrlForm(server, part, form)


def wanted(context: ComposeContext) -> dict[str, Kind]:
    """Return every file that the environment needs, by name, sorted."""
    found: dict[str, Kind] = {}
    for process in context.processes:
        own = secret_values(context, process)
        found |= {name: kind for name, kind in own.values() if name not in found or _says_more(kind, found[name])}
        itself = process_secrets(context, process)
        if not reads_files(process) and itself:
            found[f"{process.name}.env"] = EnvironFile(tuple((name, secret) for name, (secret, _) in itself.items()))
    for server in context.servers:
        found |= {name: Server(server, context.parts_in(server)) for name in of_server(server)}
    if context.is_dev:
        found[GRAFANA.name] = ProvidedSecret(GRAFANA)
    return dict(sorted(found.items()))


def _says_more(kind: Kind, other: Kind) -> bool:
    """Return whether a process's declaration of a secret takes precedence over another's.

    A secret that one process requires must be given, also if others do not require it; a value that is generated for
    one process is available to all, since readers of the secrets service declare nothing.
    """
    if not isinstance(kind, ProvidedSecret) or not isinstance(other, ProvidedSecret):
        return True
    return _weight(kind.setting) > _weight(other.setting)


def _weight(setting: Setting) -> tuple[bool, bool]:
    return setting.required, setting.dev is not None


def of_server(server: str) -> tuple[str, ...]:
    return {"postgres": (ADMIN, PASSWORD), "redis": (USERS,), "s3": (IDENTITIES, S3_ADMIN)}[server]


def secrets(context: ComposeContext) -> dict[str, Secret]:
    """Return the secrets of the Compose file: all that are mounted as files."""
    return {name: Secret(f"./{FOLDER}/{context.short}/{name}") for name in sorted(_mounted(context))}


def mounts(context: ComposeContext, process: Process) -> tuple[SecretMount, ...]:
    """Return the secrets of a process that reads files, each at the name of its setting."""
    own = process_secrets(context, process)
    files = {secret: _target(setting, secret) for setting, (secret, _) in own.items()} if reads_files(process) else {}
    files |= {secret: secret for secret, kind in own.values() if isinstance(kind, KeySet)}
    return tuple(SecretMount(source, target) for source, target in sorted(files.items()))


def proxy_mounts(context: ComposeContext, process: Process) -> tuple[SecretMount, ...]:
    """Return the secrets of a program's proxy, each at the name of its setting."""
    own = proxy_secrets(context, process)
    return tuple(SecretMount(secret, setting) for setting, (secret, _) in sorted(own.items()))


def proxy_paths(context: ComposeContext, process: Process) -> dict[str, str]:
    """Return the variables with the paths of secrets of a program's proxy."""
    return {f"{setting}_FILE": f"{RUN}/{setting}" for setting in sorted(proxy_secrets(context, process))}


def paths(context: ComposeContext, process: Process) -> dict[str, str]:
    """Return the variables with the paths of a process's secrets."""
    if not reads_files(process):
        return {}
    own = {
        setting: kind
        for setting, (_, kind) in process_secrets(context, process).items()
        if not isinstance(kind, KeySet)
    }
    return {f"{setting}_FILE": f"{RUN}/{setting}" for setting in sorted(own)}


def env_files(context: ComposeContext, process: Process) -> tuple[EnvFile, ...]:
    """Return the env file of a program that reads its secrets from its environment only."""
    if reads_files(process) or not process_secrets(context, process):
        return ()
    return (EnvFile(f"./{FOLDER}/{context.short}/{process.name}.env"),)


def _mounted(context: ComposeContext) -> frozenset[str]:
    named = (mount.source for process in context.processes for mount in mounts(context, process))
    proxied = (sidecar.process for sidecar in context.sidecars.values())
    keys = (mount.source for process in proxied for mount in proxy_mounts(context, process))
    servers = (name for server in context.servers for name in (*of_server(server), *_made(context, server)))
    return frozenset((*named, *keys, *servers))


def _made(context: ComposeContext, server: str) -> Iterator[str]:
    """Yield the URLs that a provisioner reads."""
    if server != "redis":
        yield from (part.secret for part in context.parts_in(server))


def _target(setting: str, secret: str) -> str:
    return secret if secret == KEY_SET else setting
