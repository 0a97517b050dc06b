"""The defects of manifests beside a description that says otherwise: calls, and the cluster of an environment."""

from check.defects import Spoil, becomes, both, change, write
from check.manifest_texts import APART, WORKLOAD, of

FILE = "deploy/kubernetes/dev/shop.yaml"
BACKEND = "backend.py"

# Two that call each other as the description says, in an environment that runs in a cluster.
PAIR = of("wishes", "namespace", *WORKLOAD, caller="search", callee="search") + APART
PAIR += of("search", "account", "deployment", "budget", "policy", caller="edge", callee="wishes")
FROM_SEARCH = """  ingress:
    - from:
        - podSelector:
            matchLabels:
              app: search
"""


def in_cluster(spoil: Spoil, given: str = "") -> Spoil:
    """Let the environment of the manifests run in a cluster, of which more may be given."""
    cluster = f'{{stock: {{"STOCK_LIMIT": 5}}}}, kubernetes=Kubernetes("shop"{given})'
    return both(
        change(BACKEND, "import Backend, Clerk, Environment,", "import Backend, Clerk, Environment, Kubernetes,"),
        change(BACKEND, '{stock: {"STOCK_LIMIT": 5}}', cluster),
        spoil,
    )


PLANTED = {
    "KUBERNETES069": in_cluster(becomes(FILE, PAIR, "app: edge\n", "app: wishes\n")),
    "KUBERNETES070": in_cluster(becomes(FILE, PAIR, FROM_SEARCH, FROM_SEARCH.replace("search", "searching"))),
    "KUBERNETES101": in_cluster(write(FILE, PAIR), ', monitoring="Monitoring Stack"'),
    "KUBERNETES102": in_cluster(write(FILE, PAIR), ', values={"STOCK_LIMITS": 7}'),
}
