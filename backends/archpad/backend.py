"""Archpad: a repository of architecture models, for many tenants behind one gateway."""

from arch_repo.service import ROUTES as REPOSITORY_ROUTES
from arch_repo.settings import RepositorySettings
from hasura_sync.settings import HasuraSyncSettings
from stead import (
    Autoscale,
    Backend,
    Deploy,
    Dev,
    Environment,
    Gateway,
    Gitlab,
    Gitops,
    Job,
    Kubernetes,
    Oidc,
    Postgres,
    Server,
    Service,
    Setting,
    Vault,
)
from tenant_service.service import ROUTES as TENANT_ROUTES
from tenant_service.settings import TenantSettings

tenant_db = Postgres("TENANT_DATABASE_URL")
tenants = Service(
    "tenant-service",
    app="tenant_service.app:create",
    settings=TenantSettings,
    needs=[tenant_db],
    routes=TENANT_ROUTES,
    contract="tenants",
)

repository_db = Postgres("PROJECT_DATABASE_URL")
repository = Service(
    "arch-repo-service",
    app="arch_repo.app:create",
    settings=RepositorySettings,
    needs=[repository_db],
    calls=[tenants.may("membership")],
    routes=REPOSITORY_ROUTES,
    contract="repository",
)

ADMIN_SECRET = Setting("HASURA_GRAPHQL_ADMIN_SECRET", secret=True, dev=Dev.RANDOM, help="Hasura's admin secret.")
# Stands in for Hasura in development; elsewhere HASURA_ENDPOINT says where it is.
hasura = Service("hasura", app="stead.testing.hasura:create", settings=[ADMIN_SECRET], contract="hasura")
hasura_sync = Job(
    "hasura-sync-service",
    entry="hasura_sync.job:main",
    runs="after",  # the services have made their tables by then
    settings=HasuraSyncSettings,
    needs=[repository_db, tenant_db],
    calls=[hasura.may()],
    addresses={"hasura": "HASURA_ENDPOINT"},
)

# Keycloak: the roles are a list inside of an object, and the tenants are a list that a mapper writes.
users = Oidc(
    "https://auth.archpad.pro/realms/archpad",
    audience="archpad",
    keys="https://auth.archpad.pro/realms/archpad/protocol/openid-connect/certs",
    roles_claim="realm_access.roles",
    tenants_claim="tenants",
)

# One namespace of a cluster with Vault, Argo CD and a Gateway; the paths are those that its owners use.
cluster = Kubernetes(
    "platform",
    host="api.archpad.pro",
    gateway="gateway-system/public",
    pull_secret="archpad-registry-secret",
    secrets=Vault(
        "archpad/demo",
        documents={
            "postgres": ["TENANT_DATABASE_URL", "PROJECT_DATABASE_URL"],
            "hasura-secret": ["HASURA_GRAPHQL_ADMIN_SECRET"],
            "backend/common": ["SERVICE_JWT_KEYS"],
        },
        registry="container-register",
    ),
    values={"HASURA_ENDPOINT": "http://hasura.platform.svc:8080"},
    servers={
        "postgres": Server(5432, namespace="postgres"),
        "hasura": Server(8080, namespace="platform", labels={"app.kubernetes.io/name": "hasura"}),
    },
    autoscale={tenants: Autoscale(2, 3), repository: Autoscale(2, 4)},
    gitops=Gitops("https://git.example.com/archpad/backend.git"),
    helm=True,
)
gateway = Gateway("api-gateway", users=users, fronts=[tenants, repository], prefix="/rest/{service}")
staging = Environment("staging", without=(hasura,))
prod = Environment("prod", without=(hasura,), kubernetes=cluster)

backend = Backend(
    "archpad",
    gateway=gateway,
    services=[tenants, repository, hasura],
    jobs=[hasura_sync],
    environments=[
        Environment("dev", {tenants: {"TENANT_DEFAULT_OWNER": "admin"}}),
        staging,
        prod,
    ],
    folder="backends/archpad",
    registry="registry.timeweb.cloud/archpad",
    pipelines=[
        Gitlab(
            deploys=[Deploy(prod, to="gitops", on="tag", urls={gateway: "https://api.archpad.pro"})],
            tags=["saas-linux-small-amd64"],
        )
    ],
)
