"""What the job is told."""

from stead.model import Settings, secret, var


class HasuraSyncSettings(Settings):
    """Which Hasura, which databases, and what is done with them."""

    hasura_endpoint: str = var(
        default="http://hasura.platform.svc:8080", help="Where Hasura is reached, without /v1/metadata."
    )
    hasura_graphql_admin_secret: str = secret(help="Hasura's admin secret.")
    project_database_url: str = secret(help="The database of the source `project`: a postgresql:// URL.")
    tenant_database_url: str = secret(help="The database of the source `tenant`: a postgresql:// URL.")
    hasura_schema: str = var(default="public", help="The schema whose tables are tracked.")
    hasura_untracked: tuple[str, ...] = var(
        default=("stead_migration", "idempotency", "hasura_name", "counter", "invitation"),
        help="Tables that are no part of the API: untracked where they are tracked.",
    )
    hasura_rename_columns_camelcase: bool = var(default=True, help="Whether columns are named in camelCase.")
    hasura_apply_default_permissions: bool = var(default=True, help="Whether the default role may read its tenants.")
    hasura_default_role: str = var(default="user", help="The role that gets the default permissions.")
    hasura_replace_permissions: bool = var(
        default=False, help="Whether a permission that differs from the default is replaced, and not left as it is."
    )
    hasura_dry_run: bool = var(default=False, help="Whether the difference is shown only.")
    hasura_wait_seconds: float = var(default=60.0, help="How long Hasura and the databases are waited for.")
