"""The network policies allow the declared calls, and of all other pairs none: an evaluator over what is rendered."""

import itertools
from pathlib import Path

import pytest
import yaml

import stead
from render.kubernetes_objects import objects
from render.kubernetes_shop import SOURCES, shop
from stead.model import External, Server
from stead.render.kubernetes import files
from stead.render.kubernetes.context import contexts

ROOT = Path(__file__).parents[2]
BACKENDS = {name: (lambda name=name: stead.load(ROOT / "backends" / name)) for name in ("archpad", "rewards", "tigrit")}
MADE_UP = {name: (lambda source=source: shop(source, programs=False)) for name, source in SOURCES.items()}


class Policies:
    """What is enforced: a connection needs an egress rule of one end and an ingress rule of the other."""

    def __init__(self, folder, documents):
        self.pods, self.ports, self.policies = {}, {}, []
        for path, document in documents.items():
            if path.startswith(folder) and document["kind"] in ("Deployment", "Job", "CronJob"):
                spec = document["spec"]
                template = spec.get("jobTemplate", {"spec": spec})["spec"]["template"]
                self.pods[document["metadata"]["name"]] = template["metadata"]["labels"]
            if path.startswith(folder) and document["kind"] == "Service":
                self.ports[document["metadata"]["name"]] = document["spec"]["ports"][0]["port"]
            if path.startswith(folder) and document["kind"] == "NetworkPolicy":
                self.policies.append(document["spec"])

    def allowed(self, caller, callee):
        port = self.ports[callee]
        out = self._side(self.pods[caller], self.pods[callee], "egress", "to", port)
        return out and self._side(self.pods[callee], self.pods[caller], "ingress", "from", port)

    def _side(self, own, other, way, peers, port):
        chosen = [policy for policy in self.policies if matches(policy["podSelector"], own)]
        chosen = [policy for policy in chosen if way.capitalize() in policy["policyTypes"]]
        if not chosen:
            return True
        return any(
            any(within(peer, other) for peer in rule.get(peers, [{}]))
            and any(each["port"] == port for each in rule.get("ports", [{"port": port}]))
            for policy in chosen
            for rule in policy.get(way, [])
        )


def matches(selector, labels):
    return selector.get("matchLabels", {}).items() <= labels.items()


def within(peer, labels):
    """Whether a peer means a Pod of the backend's own namespace."""
    if "ipBlock" in peer or "namespaceSelector" in peer:
        return False
    return matches(peer.get("podSelector", {}), labels)


@pytest.mark.parametrize("name", [*BACKENDS, *MADE_UP])
def test_the_allowed_pairs_are_the_declared_calls(name):
    backend = (BACKENDS | MADE_UP)[name]()
    documents = {path: yaml.safe_load(text) for path, text in files(backend).items() if path.endswith(".yaml")}
    places = list(contexts(backend))
    assert places
    for context in places:
        policies = Policies(f"kubernetes/{context.environment.name}/", documents)
        pairs = itertools.product(policies.pods, policies.ports)
        found = {pair for pair in pairs if pair[0] != pair[1] and policies.allowed(*pair)}
        assert found == set(context.permitted)
        assert found


def test_without_its_own_policy_a_process_reaches_nobody():
    """The one that refuses everything selects every Pod of the backend."""
    documents = {path: yaml.safe_load(text) for path, text in files(shop()).items() if path.endswith(".yaml")}
    policies = Policies("kubernetes/prod/", documents)
    refusing = [each for each in policies.policies if "ingress" not in each and "egress" not in each]
    assert len(refusing) == 1
    assert all(matches(refusing[0]["podSelector"], labels) for labels in policies.pods.values())


def test_dns_is_asked_over_udp_and_tcp_by_every_process():
    documents = [yaml.safe_load(text) for path, text in files(shop()).items() if path.endswith("networkpolicy.yaml")]
    for each in documents:
        ports = {(port["protocol"], port["port"]) for rule in each["spec"].get("egress", []) for port in rule["ports"]}
        assert {("UDP", 53), ("TCP", 53)} <= ports or "default-deny" in each["metadata"]["name"]


def test_a_public_server_is_no_private_address():
    text = files(shop())["kubernetes/prod/orders/orders.networkpolicy.yaml"]
    blocks = [
        peer["ipBlock"] for rule in yaml.safe_load(text)["spec"]["egress"] for peer in rule["to"] if "ipBlock" in peer
    ]
    assert {block["cidr"] for block in blocks} == {"0.0.0.0/0", "10.1.2.3/32"}
    everywhere = next(block for block in blocks if block["cidr"] == "0.0.0.0/0")
    assert {"10.0.0.0/8", "169.254.0.0/16"} <= set(everywhere["except"])


def test_a_process_is_let_out_to_what_runs_elsewhere_and_told_where_it_is():
    servers = {"postgres": Server(5432, namespace="data"), "redis": Server(6379, namespace="data")}
    backend = shop(servers=servers | {"kafka": Server(9092, cidr="10.7.0.0/16")})
    orders = backend.services[0]
    object.__setattr__(orders, "needs", (*orders.needs, External("kafka", "KAFKA_BROKERS", {"prod": "kafka:9092"})))
    found = files(backend)
    egress = yaml.safe_load(found["kubernetes/prod/orders/orders.networkpolicy.yaml"])["spec"]["egress"]
    kafka = [rule for rule in egress if rule["to"][0].get("ipBlock", {}).get("cidr") == "10.7.0.0/16"]
    assert [port["port"] for rule in kafka for port in rule["ports"]] == [9092]
    assert "kafka:9092" in found["kubernetes/prod/orders/orders.deployment.yaml"]
    assert "10.7.0.0" not in found["kubernetes/prod/stock/stock.networkpolicy.yaml"]


def test_a_job_is_let_out_to_a_left_out_service_whose_address_is_given():
    found = files(BACKENDS["archpad"]())
    prod = "kubernetes/prod"
    egress = yaml.safe_load(found[f"{prod}/hasura-sync-service/hasura-sync-service.networkpolicy.yaml"])["spec"][
        "egress"
    ]
    labels = {"app.kubernetes.io/name": "hasura"}
    hasura = [rule for rule in egress if rule["to"][0].get("podSelector", {}).get("matchLabels") == labels]
    assert [port["port"] for rule in hasura for port in rule["ports"]] == [8080]
    assert "name: hasura" not in found[f"{prod}/tenant-service/tenant-service.networkpolicy.yaml"]


@pytest.mark.parametrize(
    ("given", "namespace"),
    [
        ({"gateway": "gateways/public"}, "gateways"),
        ({"gateway": "gateways/public", "ingress": "envoy-gateway-system"}, "envoy-gateway-system"),
        ({"gateway": "", "gateway_class": "istio"}, "shop"),
    ],
)
def test_the_gateway_is_reached_from_where_the_clusters_gateway_runs(given, namespace):
    [rule] = objects(shop(**given))["edge/edge.networkpolicy.yaml"]["spec"]["ingress"]
    assert rule["from"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}]
