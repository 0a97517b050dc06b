"""GitLab builds the images without a Docker daemon, and ships each push by a commit that Argo CD takes over."""

from stead import Backend, Deploy, Environment, Gateway, Gitlab, Gitops, Kubernetes, Route, Service

orders = Service("orders", command="node orders.js", routes=[Route.public("GET", "/v1/orders")])
gateway = Gateway("gateway", fronts=[orders])
synced = Kubernetes("shop", gitops=Gitops("https://gitlab.example.com/shop.git"))
staging = Environment("staging", kubernetes=synced)

backend = Backend(
    "shop",
    services=[orders],
    gateway=gateway,
    environments=[Environment("dev"), staging],
    registry="registry.example.com/shop",
    pipelines=[Gitlab(deploys=[Deploy(staging, to="gitops", urls={gateway: "https://staging.example.com"})])],
)
