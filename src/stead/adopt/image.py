"""Images: which ones are a resource, a gateway, or a tool of a delivery, by the names that everybody knows them by."""

import re
from dataclasses import dataclass
from typing import Literal

Role = Literal["postgres", "redis", "bucket", "gateway", "tool", "service"]

ROLES: dict[Role, frozenset[str]] = {
    "postgres": frozenset({"postgres", "postgresql", "postgis", "pgvector", "timescaledb", "timescaledb-ha"}),
    "redis": frozenset({"redis", "valkey", "keydb", "redis-stack", "redis-stack-server", "dragonfly"}),
    "bucket": frozenset({"minio", "seaweedfs", "garage", "s3mock", "rustfs"}),
    "gateway": frozenset({"oathkeeper", "nginx", "krakend", "krakend-ce", "traefik"}),
    "tool": frozenset({"mc", "kubectl", "vault", "helm", "argocd", "aws-cli", "alpine-k8s", "k8s"}),
}
REASONS = {
    "mc": "it makes buckets, which Stead does itself",
    "kubectl": "it works on the cluster, which is a delivery's business",
    "vault": "it sets up Vault, which is a delivery's business",
}
VARIABLE = re.compile(r"\$\{?\w+[^}]*\}?|\{\{[^}]*\}\}")


@dataclass(frozen=True, slots=True)
class Image:
    """An image's name, in its parts; `known` is what can be written of it."""

    known: str
    name: str
    pinned: bool

    @property
    def role(self) -> Role:
        return next((role for role, names in ROLES.items() if self.name in names), "service")

    @property
    def reason(self) -> str:
        """Why a tool's job is no part of a description."""
        return REASONS.get(self.name, "it is a tool of a delivery")


def image(text: str) -> Image:
    """Take an image's name apart; a tag that is a variable is left out."""
    plain, _, digest = text.partition("@")
    stem, colon, tag = plain.rpartition(":") if ":" in plain.rpartition("/")[2] else (plain, "", "")
    stem = stem if colon else plain
    known = stem if VARIABLE.search(tag) or not tag else f"{stem}:{tag}"
    known = f"{known}@{digest}" if digest and not VARIABLE.search(digest) else known
    return Image("" if VARIABLE.search(stem) else known, stem.rpartition("/")[2], "@sha256:" in known)
