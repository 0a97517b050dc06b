"""The secrets of an environment, with their readers, and whether Stead generates them.

The names are those of Compose's secret files, on every target: `points-service.DATABASE_URL` is a secret of one
process, and a given one is named after its setting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stead.kit.key import keyring as keyring_of
from stead.kit.key import new_private_key
from stead.model import Backend, Environment
from stead.ops.sops import procedure
from stead.ops.sops.error import SopsError
from stead.render.compose import secret as kind
from stead.render.compose.context import ComposeContext

SIGNING_KEY = "SERVICE_JWT_SECRET"


@dataclass(frozen=True)
class SecretName:
    """One secret that a file holds.

    about     what it is, in a person's words
    readers   the processes that read it
    required  whether a process does not start without it
    made      whether it is made here, and nobody gives it
    change    how it is changed, so that no request fails
    """

    name: str
    about: str
    readers: tuple[str, ...]
    required: bool = True
    made: bool = False
    change: str = procedure.PROVIDED

    def new(self) -> str:
        """Generate a value: the key with which a process signs its calls."""
        return new_private_key(self.name.rpartition(".")[0])


def secret_names(backend: Backend, environment: Environment) -> dict[str, SecretName]:
    """Return every secret of an environment to store, by name, sorted; keyrings are derived from keys."""
    context = ComposeContext(backend, environment)
    readers = _readers(context)
    in_cluster = bool(environment.kubernetes)  # Compose makes the passwords of its own servers
    found = {
        name: _described(name, each, readers.get(name, ()), in_cluster=in_cluster)
        for name, each in kind.wanted(context).items()
    }
    names = {name: each for name, each in found.items() if each}
    servers = [server for server in context.servers if server != "redis"]
    for name in (kind.ADMIN if server == "postgres" else kind.S3_ADMIN for server in servers):
        required = in_cluster and name == kind.ADMIN
        names[name] = SecretName(name, "the administrator's URL", (), required, change=procedure.ADMINISTRATOR)
    return dict(sorted(names.items()))


def keyrings(backend: Backend, environment: Environment) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Return the callers of each keyring, by the keyring's name."""
    wanted = kind.wanted(ComposeContext(backend, environment))
    return {name: each.callers for name, each in wanted.items() if isinstance(each, kind.Keyring)}


def keyring(callers: tuple[tuple[str, tuple[str, ...]], ...], keys: Mapping[str, str]) -> str:
    """Return a keyring: each caller's public keys and permissions; SopsError when a key is missing."""
    missing = [caller for caller, _ in callers if not keys.get(f"{caller}.{SIGNING_KEY}")]
    if missing:
        raise SopsError(f"the keys of {', '.join(missing)} are missing: stead secret rotate {missing[0]}.{SIGNING_KEY}")
    return keyring_of(callers, lambda caller: live(f"{caller}.{SIGNING_KEY}", keys))


def live(name: str, values: Mapping[str, str]) -> Sequence[str]:
    """Return the accepted values of a secret: two during a rotation, the one in use first."""
    return [values[each] for each in (name, name + procedure.NEXT, name + procedure.PREVIOUS) if values.get(each)]


def _readers(context: ComposeContext) -> dict[str, tuple[str, ...]]:
    pairs = [
        (name, process.name)
        for process in context.processes
        for name, _ in kind.secret_values(context, process).values()
    ]
    return {name: tuple(sorted({reader for each, reader in pairs if each == name})) for name, _ in pairs}


def _described(name: str, each: kind.Kind, readers: tuple[str, ...], *, in_cluster: bool) -> SecretName | None:
    match each:
        case kind.ProvidedSecret(setting):
            change = procedure.of_several(setting.several) if setting.several else procedure.PROVIDED
            return SecretName(name, setting.help or f"the setting {name}", readers, setting.required, change=change)
        case kind.SigningKey():
            return SecretName(
                name, "the key that signs its calls: an Ed25519 JWK", readers, made=True, change=procedure.SIGNING_KEY
            )
        case kind.PartUrl(_, part):
            about = f"the URL of its {part.resource.kind}, with its own role's password"
            return SecretName(name, about, readers, in_cluster, change=procedure.OF_RESOURCES[part.resource.kind])
    return None
