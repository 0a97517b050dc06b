"""A backend in three environments of a cluster, which differ in all that may differ; and its chart, written."""

from dataclasses import replace

from stead.model import (
    Autoscale,
    Backend,
    Environment,
    ExternalSecrets,
    Gateway,
    Job,
    Kubernetes,
    Postgres,
    Redis,
    Route,
    Server,
    Service,
    Setting,
)
from stead.render.kubernetes import manifests
from stead.render.kubernetes.context import contexts
from stead.render.kubernetes.serialization import plain
from stead.render.targets import generated

CAP = Setting("ORDER_CAP", int, default=5, help="Orders of one person in an hour.", minimum=1)
NOTE = Setting("ORDER_NOTE", default="", help="What stands below each order.")
OPEN = Setting("SHOP_OPEN", bool, default=True, help="Whether orders are taken.")
DATABASE = Postgres("DATABASE_URL")


def shop(folder, **changes):
    """Return the description, as if its file were in that folder."""
    stock = Service("stock-service", app="shop.stock:create", routes=[Route.service("GET", "/v1/stock", "read")])
    orders = Service(
        "order-service",
        app="shop.orders:create",
        settings=[CAP, NOTE, OPEN, Setting("MAIL_URL")],
        needs=[DATABASE, Redis()],
        calls=[stock.may("read")],
        routes=[Route.user("GET", "/v1/orders")],
    )
    extra = Service("extra", command=["node", "dist/main.js"], folder="extra")
    servers = {"postgres": Server(5432, namespace="data"), "redis": Server(6379, namespace="data")}
    abroad = {"postgres": Server(5432, cidr="10.20.0.5/32"), "redis": Server(6379, cidr="10.20.0.6/32")}
    hello = {"MAIL_URL": "smtp://mail.example.com"}
    places = {
        "dev": Kubernetes("shop-dev", servers=servers, values=hello, helm=True, monitoring=""),
        "staging": Kubernetes(
            "shop-staging", host="stage.example.com", gateway_class="envoy", servers=servers, values=hello, helm=True,
            secrets=ExternalSecrets("main", "shop/staging"),
        ),
        "prod": Kubernetes(
            "shop", host="shop.example.com", gateway="edge/public", pull_secret="registry", servers=abroad,
            values={"MAIL_URL": 'smtp://"odd"{{ mail }}'}, helm=True, autoscale={stock: Autoscale(2, 5)},
        ),
    }  # fmt: skip
    given = {
        "dev": {orders: {"ORDER_CAP": 7}},
        "staging": {},
        "prod": {orders: {"ORDER_CAP": 100, "ORDER_NOTE": "Thanks, {{ person }}!\n$HOME", "SHOP_OPEN": False}},
    }
    environments = [
        Environment(name, given[name], kubernetes=place, without=(extra,) if name == "prod" else ())
        for name, place in places.items()
    ]
    backend = Backend(
        "shop",
        gateway=Gateway("edge", fronts=[orders]),
        services=[stock, orders, extra],
        jobs=[Job("seed", entry="shop.jobs:seed", needs=[DATABASE])],
        environments=environments,
        registry="registry.example.com/shop",
        **changes,
    )
    return replace(backend, where=replace(backend.where, file=str(folder / "backend.py")))


def write(backend, folder):
    """Write the chart below a folder and return its place."""
    for path, text in generated(backend, ["helm"]).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder / "deploy" / "helm" / backend.name


def raw(backend, environment):
    """Return the objects of an environment as the Kubernetes target has them, but Argo CD's own."""
    context = next(each for each in contexts(backend) if each.environment.name == environment)
    trees = [plain(manifest) for manifest in manifests(context).values()]
    return keyed(tree for tree in trees if not tree["apiVersion"].startswith("argoproj.io/"))


def keyed(trees):
    return {(tree["kind"], tree["metadata"]["name"]): tree for tree in trees}


def without_helm(trees):
    """Return objects without what is Helm's alone: its annotations, and what only `helm test` makes."""
    found = []
    for tree in trees:
        annotations = tree["metadata"].get("annotations", {})
        if annotations.get("helm.sh/hook") == "test":
            continue
        rest = {key: value for key, value in annotations.items() if not key.startswith("helm.sh/")}
        metadata = {key: value for key, value in tree["metadata"].items() if key != "annotations"}
        found.append({**tree, "metadata": metadata | ({"annotations": rest} if rest else {})})
    return keyed(found)
