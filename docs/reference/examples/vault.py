"""Each service reads `kv/data/shop/prod/backend/<service>`, and database URLs from `kv/data/shop/prod/postgres`."""

from stead import Backend, Environment, Kubernetes, Postgres, Server, Service, Vault

points = Service("points", app="stead.services.points:create", contract="points", needs=[Postgres()])
cluster = Kubernetes(
    "shop",
    pull_secret="registry",
    secrets=Vault("shop/prod", documents={"postgres": ["DATABASE_URL"]}, registry="registry"),
    servers={"postgres": Server(5432, namespace="data")},
)

backend = Backend(
    "shop", services=[points], environments=[Environment("prod", kubernetes=cluster)], registry="ghcr.io/example"
)
