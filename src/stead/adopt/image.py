"""Images: which ones are a resource, a gateway, or a tool of a delivery, by the names that everybody knows them by."""

import re
from dataclasses import dataclass
from typing import Literal

Role = Literal["postgres", "redis", "bucket", "gateway", "tool", "service"]

ROLES: dict[Role, frozenset[str]] = {
    "postgres": frozenset({"postgres", "postgresql", "postgis", "pgvector", "timescaledb", "timescaledb-ha"}),
    "redis": frozenset({"redis", "valkey", "keydb", "redis-stack", "redis-stack-server", "dragonfly"}),
    "bucket": frozenset({"minio", "seaweedfs", "garage", "s3mock", "rustfs"}),
    "gateway": frozenset({"oathkeeper", "nginx", "krakend", "krakend-ce"}),
    "tool": frozenset({"mc", "kubectl", "vault", "helm", "argocd", "aws-cli", "alpine-k8s", "k8s"}),
}
WATCHES = frozenset(
    {"grafana", "prometheus", "loki", "promtail", "tempo", "jaeger", "all-in-one", "zipkin", "opentelemetry-collector",
     "opentelemetry-collector-contrib", "cadvisor", "node-exporter", "alertmanager", "kibana", "logstash", "filebeat",
     "fluent-bit", "fluentd", "dozzle", "uptime-kuma"}
)  # fmt: skip
LOOKS = frozenset(
    {"adminer", "pgadmin4", "pgadmin", "phpmyadmin", "mongo-express", "redis-commander", "redisinsight", "kafka-ui",
     "akhq", "kafdrop", "pgweb", "cloudbeaver", "swagger-ui", "bullboard"}
)  # fmt: skip
RUNS = frozenset({"portainer", "portainer-ce", "watchtower", "certbot", "ouroboros", "autoheal", "diun"})
PROXIES = frozenset({"traefik", "nginx-proxy", "nginx-proxy-manager", "swag"})
KINDS = {
    WATCHES: "it watches what runs, which is a delivery's business: stead render writes dashboards and alerts",
    LOOKS: "people look into a store by it, and no service calls it",
    RUNS: "it looks after containers, which is a delivery's business",
    PROXIES: "it lets in what labels say; a Gateway takes its place",
}
REASONS = {
    "mc": "it makes buckets, which Stead does itself",
    "kubectl": "it works on the cluster, which is a delivery's business",
    "vault": "it sets up Vault, which is a delivery's business",
}
VARIABLE = re.compile(r"\$\{?\w+[^}]*\}?|\{\{[^}]*\}\}")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that speaks no HTTP: what it is, and the command by which its image is asked whether it is well."""

    kind: str
    probe: tuple[str, ...] = ()


MONGO = Server("a MongoDB database", ("mongosh", "--quiet", "--eval", "db.adminCommand('ping')"))
MYSQL = Server("a MySQL database", ("mysqladmin", "ping", "-h", "127.0.0.1"))
KAFKA = Server("a Kafka broker")
SERVERS = {
    "rabbitmq": Server("a RabbitMQ broker", ("rabbitmq-diagnostics", "-q", "ping")),
    "kafka": KAFKA,
    "cp-kafka": KAFKA,
    "redpanda": Server("a Kafka broker", ("rpk", "cluster", "health")),
    "zookeeper": Server("a ZooKeeper ensemble"),
    "cp-zookeeper": Server("a ZooKeeper ensemble"),
    "nats": Server("a NATS broker"),
    "mongo": MONGO,
    "mongodb": MONGO,
    "mysql": MYSQL,
    "mariadb": Server("a MariaDB database", ("healthcheck.sh", "--connect")),
    "memcached": Server("a Memcached cache"),
    "mssql": Server("an SQL Server database"),
    "cassandra": Server("a Cassandra database"),
}


@dataclass(frozen=True, slots=True)
class Image:
    """An image's name, in its parts; `known` is what can be written of it."""

    known: str
    name: str
    pinned: bool

    @property
    def role(self) -> Role:
        if self.kind_of_tool:
            return "tool"
        return next((role for role, names in ROLES.items() if self.name in names), "service")

    @property
    def reason(self) -> str:
        """Why a tool's job is no part of a description."""
        return REASONS.get(self.name) or self.kind_of_tool or "it is a tool of a delivery"

    @property
    def kind_of_tool(self) -> str:
        """What a tool is for; empty for what is none."""
        if self.name.endswith(("-exporter", "_exporter")):
            return KINDS[WATCHES]
        return next((why for names, why in KINDS.items() if self.name in names), "")


def image(text: str) -> Image:
    """Take an image's name apart; a tag that is a variable is left out."""
    plain, _, digest = text.partition("@")
    stem, colon, tag = plain.rpartition(":") if ":" in plain.rpartition("/")[2] else (plain, "", "")
    stem = stem if colon else plain
    known = stem if VARIABLE.search(tag) or not tag else f"{stem}:{tag}"
    known = f"{known}@{digest}" if digest and not VARIABLE.search(digest) else known
    return Image("" if VARIABLE.search(stem) else known, stem.rpartition("/")[2], "@sha256:" in known)
