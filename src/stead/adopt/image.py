"""Images: which ones are a resource, a gateway, or a tool of a delivery, by the names that everybody knows them by."""

import re
from collections.abc import Iterable
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
    WATCHES: "it is monitoring, which belongs to a delivery: stead render writes dashboards and alerts",
    LOOKS: "it is a tool for people, and no service calls it",
    RUNS: "it manages containers, which belongs to a delivery",
    PROXIES: "it routes by labels; a Gateway replaces it",
}
REASONS = {
    "mc": "it makes buckets, which Stead does itself",
    "kubectl": "it manages the cluster, which belongs to a delivery",
    "vault": "it configures Vault, which belongs to a delivery",
}
VARIABLE = re.compile(r"\$\{?\w+[^}]*\}?|\{\{[^}]*\}\}")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that speaks no HTTP: what it is, the command by which its image is asked, the port it listens on."""

    kind: str
    probe: tuple[str, ...] = ()
    port: int = 0


MONGO = Server("a MongoDB database", ("mongosh", "--quiet", "--eval", "db.adminCommand('ping')"), 27017)
MYSQL = Server("a MySQL database", ("mysqladmin", "ping", "-h", "127.0.0.1"), 3306)
MAIL = Server("a mail server for development", port=1025)
KAFKA = "a Kafka broker"
BROKERS = ("--bootstrap-server", "127.0.0.1:9092")
SERVERS = {
    "rabbitmq": Server("a RabbitMQ broker", ("rabbitmq-diagnostics", "-q", "ping"), 5672),
    "kafka": Server(KAFKA, ("/opt/kafka/bin/kafka-broker-api-versions.sh", *BROKERS), 9092),
    "cp-kafka": Server(KAFKA, ("kafka-broker-api-versions", *BROKERS), 9092),
    "redpanda": Server(KAFKA, ("rpk", "cluster", "health"), 9092),
    "zookeeper": Server("a ZooKeeper ensemble", ("zkServer.sh", "status"), 2181),
    "cp-zookeeper": Server("a ZooKeeper ensemble", ("cub", "zk-ready", "127.0.0.1:2181", "5"), 2181),
    "nats": Server("a NATS broker", port=4222),
    "mongo": MONGO,
    "mongodb": MONGO,
    "mysql": MYSQL,
    "mariadb": Server("a MariaDB database", ("healthcheck.sh", "--connect"), 3306),
    "mailpit": Server("a mail server for development", ("/mailpit", "readyz"), 1025),
    **dict.fromkeys(("mailhog", "maildev", "inbucket", "mailcatcher"), MAIL),
    "memcached": Server("a Memcached cache", port=11211),
    "mssql": Server("an SQL Server database", port=1433),
    "cassandra": Server("a Cassandra database", ("cqlsh", "-e", "describe cluster"), 9042),
}


WEB = {"nginx": 80, "nginx-unprivileged": 8080, "httpd": 80, "caddy": 80}  # servers of files, and their ports
CURL = frozenset({"nginx", "nginx-unprivileged"})  # images with curl in them


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
    def port(self) -> int:
        """The port of a server of files; 0 for any other."""
        return WEB.get(self.name, 0)

    @property
    def reason(self) -> str:
        """Why a tool's job is not part of a description."""
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


def registry(images: Iterable[str]) -> str:
    """Return the registry that most images come from, with the path before their names; empty where none names one."""
    places = [text.partition("@")[0].rpartition("/")[0] for text in images]
    named = [place for place in places if "." in place.partition("/")[0] or ":" in place.partition("/")[0]]
    return max(sorted(set(named)), key=named.count) if named else ""


def probe_of(base: str, port: int | str | None, path: str) -> tuple[str, ...]:
    """Return the command by which an image asks itself for a path, by what its base has in it; empty where unknown."""
    about, url = image(base), f"http://127.0.0.1:{port}{path}"
    if not isinstance(port, int):
        return ()
    if "alpine" in base or about.name in ("busybox", "caddy"):
        return ("wget", "-q", "-O", "/dev/null", url)
    if about.name in CURL:
        return ("curl", "-fsS", "-o", "/dev/null", url)
    if about.name == "python":
        return ("python", "-c", f"import urllib.request as r; r.urlopen('{url}', timeout=2)")
    if about.name == "node":
        return ("node", "-e", f"fetch('{url}').then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))")
    return ()
