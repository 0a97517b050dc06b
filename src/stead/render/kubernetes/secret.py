"""Where each process finds its secrets: files of a mounted Secret or of Vault's agent, or variables of a Secret."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from stead.gateway.proxy.sidecar import hidden_keys
from stead.model import Process, Resource
from stead.model import wiring as symbol
from stead.model.kubernetes import ExternalSecrets, Vault
from stead.model.resource_form import PUBLIC, URL
from stead.model.wiring import KEYRING, PRIVATE_KEY
from stead.render.context import reads_files
from stead.render.kubernetes.container import EnvVar, EnvVarSource, SecretKeySelector, VolumeMount
from stead.render.kubernetes.context import DATABASES, ClusterContext
from stead.render.kubernetes.core import KeyToPath, SecretVolume, Volume
from stead.render.kubernetes.edge import (
    ExternalReference,
    ExternalSecret,
    ExternalSecretSpec,
    ExternalSecretStore,
    ExternalSecretTarget,
    ExternalValue,
)

MOUNTED = "/run/secrets/stead"
INJECTED = "/vault/secrets"
ADMIN = "ADMIN_URL"
VOLUME = "secrets"
PROGRAM_VOLUME = "program-secrets"
TOKEN = "vault-token"  # noqa: S105 - a volume's name
KEYS = frozenset((PRIVATE_KEY.name, KEYRING.name))
PREFIX = "vault.hashicorp.com"
LONGEST = 63 - len("agent-inject-template-")


@dataclass(frozen=True, slots=True)
class UrlSource:
    """The URL from which a secret is derived, and the form: the password, a JDBC URL."""

    url: str
    kind: str
    form: str


@dataclass(frozen=True, slots=True)
class ProcessSecret:
    """One secret of one process.

    key     what it is called in the process's own Secret or document, and its file
    kind    what it is, in a person's words
    shared  what it is called in a document that several processes read: one name there means one value
    source  of a form of a resource's URL: what that URL is called there, and which form of which kind it is
    """

    process: str
    key: str
    kind: str
    required: bool = True
    shared: str = ""
    source: "UrlSource | None" = None

    @property
    def setting(self) -> str:
        return self.key.rpartition(".")[2]


def secrets_of(context: ClusterContext, process: Process) -> tuple[ProcessSecret, ...]:
    """Return the secrets of a process, by the names of its settings."""
    return tuple(_secrets_of(context, process))


def _secrets_of(context: ClusterContext, process: Process) -> Iterator[ProcessSecret]:
    for wire in context.described.wires[process.name]:
        name, own = wire.setting.name, f"{process.name}.{wire.setting.name}"
        match wire.value:
            case symbol.AddressOf(resource, _, form):
                yield _address(context, process, name, resource, form)
            case symbol.PrivateKeyOf():
                yield ProcessSecret(process.name, name, "the key that signs its calls: an Ed25519 JWK", shared=own)
            case symbol.Keyring(_, callers):
                names = ", ".join(caller for caller, _ in callers)
                yield ProcessSecret(process.name, name, f"the public keys of {names}: a JWK set", shared=own)
            case symbol.Supplied() if wire.setting.secret:
                help_, required = wire.setting.help or wire.reason, wire.setting.required
                yield ProcessSecret(process.name, name, help_, required, shared=name)


def _address(context: ClusterContext, process: Process, setting: str, resource: Resource, form: str) -> ProcessSecret:
    part = context.described.parts[resource]
    if form == URL:
        shared = part.owner != process.name
        what = (
            f"the same as {part.secret}" if shared else f"the URL of its {resource.kind}, with its own role's password"
        )
        return ProcessSecret(process.name, setting, what, shared=part.secret)
    source = UrlSource(part.secret, resource.kind, form)
    what = "the URL at which clients reach its S3 API" if form == PUBLIC else f"the {form} in {resource.setting}"
    return ProcessSecret(process.name, setting, what, shared=part.form_secret(setting), source=source)


def of_databases(context: ClusterContext) -> tuple[ProcessSecret, ...]:
    """Return the secrets of the Job that creates databases: the administrator's URL, and each database's."""
    parts = sorted(part.secret for part in context.described.parts_in("postgres"))
    admin = ProcessSecret(DATABASES, ADMIN, "the URL of PostgreSQL's administrator")
    return (admin, *(ProcessSecret(DATABASES, part, f"the same as {part}", shared=part) for part in parts))


def secret_name(process: str) -> str:
    return f"{process}-secrets"


def folder(context: ClusterContext) -> str:
    return INJECTED if isinstance(context.cluster.secrets, Vault) else MOUNTED


def variables(context: ClusterContext, process: Process, secrets: tuple[ProcessSecret, ...]) -> tuple[EnvVar, ...]:
    """Return the variables with secrets, or with the paths of their files."""
    return files(context, secrets) if reads_files(process) else tuple(_reference(each) for each in secrets)


def files(context: ClusterContext, secrets: tuple[ProcessSecret, ...]) -> tuple[EnvVar, ...]:
    """Return the variables with the paths of secret files."""
    return tuple(EnvVar(name=f"{each.key}_FILE", value=f"{folder(context)}/{each.key}") for each in secrets)


def of_program(context: ClusterContext, process: Process) -> tuple[ProcessSecret, ...]:
    """Return the secrets that a process itself is given; the keys of a program are its proxy's."""
    own, hidden = secrets_of(context, process), hidden_keys(process)
    return tuple(each for each in own if each.key not in hidden) if process.name in context.sidecars else own


def _reference(each: ProcessSecret) -> EnvVar:
    optional = None if each.required else True
    selector = SecretKeySelector(name=secret_name(each.process), key=each.key, optional=optional)
    return EnvVar(name=each.key, value_from=EnvVarSource(secret_key_ref=selector))


def volumes(context: ClusterContext, secrets: tuple[ProcessSecret, ...]) -> tuple[Volume, ...]:
    """Return the volume of a process that reads files."""
    if not secrets or isinstance(context.cluster.secrets, Vault):
        return ()
    return (Volume(name=VOLUME, secret=SecretVolume(secret_name=secret_name(secrets[0].process))),)


def mounts(context: ClusterContext, secrets: tuple[ProcessSecret, ...]) -> tuple[VolumeMount, ...]:
    return tuple(VolumeMount(name=each.name, mount_path=MOUNTED, read_only=True) for each in volumes(context, secrets))


def program_volumes(context: ClusterContext, process: Process) -> tuple[Volume, ...]:
    """Return the volume of a program that reads files beside its proxy: its own secrets, without the proxy's keys."""
    secrets = of_program(context, process)
    if not secrets or not _beside_proxy(context, process):
        return ()
    items = tuple(KeyToPath(key=each.key, path=each.key) for each in secrets)
    optional = None if all(each.required for each in secrets) else True
    source = SecretVolume(secret_name=secret_name(process.name), items=items, optional=optional)
    return (Volume(name=PROGRAM_VOLUME, secret=source),)


def program_mounts(context: ClusterContext, process: Process) -> tuple[VolumeMount, ...]:
    """Return where a process that reads files finds them."""
    if not reads_files(process):
        return ()
    if not _beside_proxy(context, process):
        return mounts(context, of_program(context, process))
    own = program_volumes(context, process)
    return tuple(VolumeMount(name=each.name, mount_path=MOUNTED, read_only=True) for each in own)


def _beside_proxy(context: ClusterContext, process: Process) -> bool:
    vault = isinstance(context.cluster.secrets, Vault)
    return reads_files(process) and process.name in context.sidecars and not vault


def role_of(context: ClusterContext, vault: Vault) -> str:
    return vault.role or context.cluster.namespace


def document_of(vault: Vault, each: ProcessSecret) -> tuple[str, str]:
    """Return the document that holds a secret, as Vault's API names it, and its key there."""
    shared = next((name for name, settings in vault.documents.items() if each.setting in settings), None)
    name = shared or f"backend/{each.process}"
    return f"{vault.mount}/data/{vault.path}/{name}", (each.shared or each.key) if shared else each.key


def documents(vault: Vault, secrets: tuple[ProcessSecret, ...]) -> tuple[str, ...]:
    """Return the documents that a process reads, sorted."""
    return tuple(sorted({document_of(vault, each)[0] for each in secrets}))


def annotations(context: ClusterContext, secrets: tuple[ProcessSecret, ...], *, ends: bool = False) -> dict[str, str]:
    """Return the annotations of Vault's injector; `ends` is for a Job, whose Pod an agent would keep alive."""
    vault = context.cluster.secrets
    if not isinstance(vault, Vault) or not secrets:
        return {}
    found = {
        f"{PREFIX}/agent-init-first": "true",
        f"{PREFIX}/agent-inject": "true",
        f"{PREFIX}/agent-run-as-same-user": "true",
        f"{PREFIX}/agent-service-account-token-volume-name": TOKEN,
        f"{PREFIX}/auth-path": f"auth/{vault.auth}",
        f"{PREFIX}/role": role_of(context, vault),
    }
    if ends:
        found[f"{PREFIX}/agent-pre-populate-only"] = "true"
    for each in secrets:
        document, key = document_of(vault, each)
        name = _annotation(each.key)
        found |= {
            f"{PREFIX}/agent-inject-file-{name}": each.key,
            f"{PREFIX}/agent-inject-perms-{name}": "0400",
            f"{PREFIX}/agent-inject-secret-{name}": document,
            f"{PREFIX}/agent-inject-template-{name}": _template(document, key, required=each.required),
            f"{PREFIX}/error-on-missing-key-{name}": "true" if each.required else "false",
        }
    return found


def _annotation(key: str) -> str:
    """Return the name of a secret in annotations, whose names have at most 63 characters."""
    if len(key) <= LONGEST:
        return key
    return f"{key[: LONGEST - 9].rstrip('.-_')}-{sha256(key.encode()).hexdigest()[:8]}"


def _template(document: str, key: str, *, required: bool) -> str:
    """Return the template of one file: the value, byte for byte; nothing quotes it, and no shell reads it."""
    value = f'index .Data.data "{key}"'
    inner = f"{{{{ {value} }}}}" if required else f"{{{{ with {value} }}}}{{{{ . }}}}{{{{ end }}}}"
    return f'{{{{- with secret "{document}" -}}}}{inner}{{{{- end -}}}}'


def document_in(store: ExternalSecrets, process: str) -> str:
    """Return the key of a process's document in the store: who creates it there gives it exactly this name."""
    return f"{store.path}/{process}"


def external(
    context: ClusterContext, process: str, component: str, secrets: tuple[ProcessSecret, ...]
) -> ExternalSecret:
    """Return the ExternalSecret of a process."""
    source = context.cluster.secrets
    assert isinstance(source, ExternalSecrets)
    return ExternalSecret(
        metadata=context.metadata(process, component),
        spec=ExternalSecretSpec(
            secret_store_ref=ExternalSecretStore(
                name=source.store, kind="ClusterSecretStore" if source.cluster else "SecretStore"
            ),
            target=ExternalSecretTarget(name=secret_name(process)),
            data=tuple(
                ExternalValue(
                    secret_key=each.key,
                    remote_ref=ExternalReference(key=document_in(source, process), property=each.key),
                )
                for each in secrets
            ),
        ),
    )


def every(context: ClusterContext) -> Iterator[ProcessSecret]:
    """Yield every secret of an environment."""
    if context.makes_databases:
        yield from of_databases(context)
    for process in context.described.processes:
        yield from secrets_of(context, process)
