"""The settings of the secrets service."""

from stead.kit.settings import ServiceSettings
from stead.model import secret, var


class SecretsSettings(ServiceSettings):
    """Where the secrets are: in the environment, in a sealed file, or in Vault."""

    secrets_source: str = var(default="environment", help="The source of the secrets: environment, file or vault.")
    secrets_ttl_seconds: int = var(default=30, minimum=0, help="The cache time of a value from a file or Vault.")
    secrets_stale_seconds: int = var(
        default=3600, minimum=0, help="The time for which it is served while the source is unavailable."
    )
    secrets_file: str | None = var(default=None, help="With file: the sealed file, dotenv text encrypted with age.")
    secrets_age_identity: str | None = secret(default=None, help="With file: the identity that opens it.")
    secrets_age_identity_file: str | None = var(default=None, help="With file: a file that holds that identity.")
    vault_addr: str | None = var(default=None, help="With vault: its URL.")
    vault_path: str | None = var(default=None, help="With vault: mount/data/path of the KV v2 secret.")
    vault_token: str | None = secret(default=None, help="With vault: a token; without one, Kubernetes auth is used.")
    vault_role: str | None = var(default=None, help="With vault and Kubernetes auth: the role.")
    vault_auth_mount: str = var(default="kubernetes", help="With vault and Kubernetes auth: its mount path.")
    vault_jwt_file: str = var(
        default="/var/run/secrets/kubernetes.io/serviceaccount/token",
        help="With vault and Kubernetes auth: the service account's token.",
    )
