"""Assemble the secrets service."""

from pathlib import Path

from litestar.types import ASGIApp

from stead.kit.app import service_app
from stead.kit.live_setting import LOOK
from stead.kit.settings import SettingsError, read
from stead.services.secrets.routes import HANDLERS
from stead.services.secrets.service import ROUTES
from stead.services.secrets.settings import SecretsSettings
from stead.services.secrets.source import Source
from stead.services.secrets.store import Store


def create() -> ASGIApp:
    """Read the environment and return the service; SettingsError names all that is wrong with it."""
    settings = read(SecretsSettings)
    near = settings.secrets_source == "environment"  # the call is cheap, and looks at most once a second
    ttl = min(settings.secrets_ttl_seconds, LOOK) if near else settings.secrets_ttl_seconds
    store = Store(source_of(settings), ttl=ttl, stale=settings.secrets_stale_seconds)
    return service_app(settings, routes=ROUTES, handlers=HANDLERS, parts=[store], provide={"store": store})


def source_of(settings: SecretsSettings) -> Source:
    """Return the source that the settings name; each is imported only where it is used."""
    match settings.secrets_source:
        case "environment":
            from stead.services.secrets.source.environment import EnvironmentSource

            return EnvironmentSource(setting.name for setting in SecretsSettings.declared())
        case "file":
            return _file(settings)
        case "vault":
            return _vault(settings)
    wrong = f"SECRETS_SOURCE is {settings.secrets_source!r}; expected environment, file or vault."
    raise SettingsError([wrong])


def _file(settings: SecretsSettings) -> Source:
    from stead.services.secrets.source.file import FileSource

    identity_file = settings.secrets_age_identity_file
    wrong = [] if settings.secrets_file else ["SECRETS_FILE is missing: set the path of the sealed file."]
    if not settings.secrets_age_identity and not identity_file:
        wrong.append("SECRETS_AGE_IDENTITY or SECRETS_AGE_IDENTITY_FILE is missing: the identity that opens the file.")
    if wrong or not settings.secrets_file:
        raise SettingsError(wrong)
    return FileSource(
        Path(settings.secrets_file),
        identity=settings.secrets_age_identity,
        identity_file=Path(identity_file) if identity_file else None,
    )


def _vault(settings: SecretsSettings) -> Source:
    from stead.services.secrets.source.vault import Address, VaultSource

    wrong = [] if settings.vault_addr else ["VAULT_ADDR is missing: the URL of Vault."]
    if not settings.vault_path or "/data/" not in settings.vault_path:
        wrong.append("VAULT_PATH is missing or has no /data/ after the mount, as in kv/data/shop/secrets.")
    if not settings.vault_token and not settings.vault_role:
        wrong.append("VAULT_TOKEN or VAULT_ROLE is missing: one of them is needed to log in.")
    if wrong or not settings.vault_addr or not settings.vault_path:
        raise SettingsError(wrong)
    address = Address(
        settings.vault_addr,
        settings.vault_path,
        settings.vault_token,
        settings.vault_role,
        settings.vault_auth_mount,
        Path(settings.vault_jwt_file),
    )
    return VaultSource(address)
