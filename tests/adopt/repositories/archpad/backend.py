"""Archpad: arch-repo-service, hasura, hasura-sync-service, tenant-service.

A first description, made by `stead adopt` from Kubernetes manifests, access rules of Oathkeeper. Edit it: Stead does
not write it again. Verify each line that is marked as guessed, answer each mark `could not tell`, and remove the mark.

Left out: hasura-vault-role (it configures Vault, which belongs to a delivery), registry-secret-sync (it manages the
cluster, which belongs to a delivery).

- guessed: the environment demo, by kv/data/archpad/demo in Vault
- could not tell: of arch-repo-service, hasura, tenant-service, its health: its health check, a command in its image:
  Health(probe=(…)), which Compose needs
"""

from stead import (
    Backend,
    Clerk,
    Cors,
    Dev,
    Environment,
    Gateway,
    Health,
    Job,
    Limits,
    Postgres,
    Route,
    Service,
    Setting,
)

JWT_SECRET = Setting("JWT_SECRET", secret=True, dev=Dev.RANDOM, help="In Vault: kv/archpad/demo/backend/common.")
LOG_LEVEL = Setting("LOG_LEVEL", default="info")
NODE_ENV = Setting("NODE_ENV", default="production")
SENTRY_DSN = Setting("SENTRY_DSN", secret=True, help="In Vault: kv/archpad/demo/backend/common.")
arch_repo_postgres = Postgres()

tenant = Service(
    "tenant-service",
    # could not tell: its tag and digest: tenant-service:${GIT_COMMIT_SHA}
    image="registry.timeweb.cloud/archpad/tenant-service",
    settings=[
        JWT_SECRET,
        LOG_LEVEL,
        NODE_ENV,
        SENTRY_DSN,
        Setting("SMTP_HOST", default="smtp.archpad.pro"),
        Setting("SMTP_PASSWORD", secret=True, help="In Vault: kv/archpad/demo/backend/tenant-service."),
        Setting("SMTP_PORT", int, default=587),
        Setting("TENANT_INVITES", bool, default=True),
    ],
    needs=[Postgres()],
    routes=[
        Route.public("GET", "/v1/plans"),
        Route.user("GET", "/v1/tenants/{id}/members"),
        Route.user("POST", "/v1/tenants/{id}/members"),
    ],
    port=3000,
    health=Health("/health", contract=False),
    replicas=2,
    limits=Limits(memory=512),
)
arch_repo = Service(
    "arch-repo-service",
    # could not tell: its tag and digest: arch-repo-service:${GIT_COMMIT_SHA}
    image="registry.timeweb.cloud/archpad/arch-repo-service",
    settings=[
        Setting("GIT_TOKEN", secret=True, help="In Vault: kv/archpad/demo/backend/arch-repo-service."),
        JWT_SECRET,
        LOG_LEVEL,
        Setting("MAX_PROJECT_MB", int, default=64),
        NODE_ENV,
        SENTRY_DSN,
    ],
    needs=[arch_repo_postgres],
    calls=[
        tenant.may(),  # could not tell: which routes it calls: no file lists them
    ],
    routes=[
        Route.user("GET", "/v1/projects"),
        Route.user("POST", "/v1/projects"),
        Route.user("DELETE", "/v1/projects"),
        Route.user("GET", "/v1/projects/{id}"),
        Route.user("POST", "/v1/projects/{id}"),
        Route.user("DELETE", "/v1/projects/{id}"),
        Route.user("GET", "/v1/files/{id}"),  # could not tell: what else: Oathkeeper forwards every path below it
    ],
    port=3000,
    health=Health("/health", contract=False),
    replicas=2,
    limits=Limits(memory=512),
)
hasura = Service(
    "hasura",
    image="hasura/graphql-engine:v2.44.0",  # could not tell: its digest
    settings=[
        Setting("HASURA_GRAPHQL_ADMIN_SECRET", secret=True, help="In Vault: kv/archpad/demo/hasura-secret."),
        Setting("HASURA_GRAPHQL_ENABLE_CONSOLE", bool, default=False),
        Setting("HASURA_GRAPHQL_UNAUTHORIZED_ROLE", default="anonymous"),
    ],
    needs=[
        # could not tell: how it shares the database of arch-repo-service, which gets its URL in DATABASE_URL
        Postgres("HASURA_GRAPHQL_DATABASE_URL"),
    ],
    routes=[
        # guessed: every path, for those that call it: hasura-sync-service
        Route.service("ANY", "/{path:path}", "call"),
    ],
    contract="hasura",
    port=8080,
    health=Health("/healthz", contract=False),
)
hasura_sync = Job(
    "hasura-sync-service",
    # could not tell: its tag and digest: hasura-sync-service:${GIT_COMMIT_SHA}
    image="registry.timeweb.cloud/archpad/hasura-sync-service",
    runs="after",
    settings=[
        Setting("HASURA_ADMIN_SECRET", secret=True, help="In Vault: kv/archpad/demo/hasura-secret."),
        JWT_SECRET,
        NODE_ENV,
        SENTRY_DSN,
        Setting("SYNC_TIMEOUT_SECONDS", float, default=30.5),
        Setting("SYNC_TOKEN", secret=True, help="In Vault: kv/archpad/demo/backend/hasura-sync-service."),
    ],
    needs=[arch_repo_postgres],
    calls=[hasura.may("call")],
    addresses={"hasura": "HASURA_ENDPOINT"},
)

# guessed: an Envoy in place of what infra/timeweb/10-gitops/apps/oathkeeper/oathkeeper.configmap.yaml configures
# guessed: Clerk stands for any issuer with a key set, here https://auth.archpad.pro/
gateway = Gateway(
    "oathkeeper",
    users=Clerk(),
    fronts=[arch_repo, tenant],
    cors=Cors(("https://app.archpad.pro", "https://*.archpad.pro")),
)
backend = Backend(
    "archpad",
    gateway=gateway,
    services=[arch_repo, hasura, tenant],
    jobs=[hasura_sync],
    environments=[Environment("dev"), Environment("demo")],
    registry="registry.timeweb.cloud/archpad",
)
