"""The providers behind one interface: the modules of each have the same variables and outputs, below `modules/`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stead.render.terraform.hcl import Attribute, Block

MODULES = Path(__file__).parent / "modules"


@dataclass(frozen=True)
class Provider:
    """One provider.

    sizes       what each kind has where the description says no size
    source      the provider's address in the registry, and the versions that are taken; empty: Terraform itself
    version     the versions of the provider that are taken
    label       the provider's name inside Terraform, where it is another one
    region      what the provider calls a region; empty: it has none of its own, and each module is given it
    buckets     what a bucket may have there
    where       the region where the description says none
    state       arguments of the state's backend beside the bucket, which is S3 everywhere
    inside      the networks of Pods and Services in its cluster, which the environment's network must not overlap

    Credentials are in the environment of who runs Terraform, never in a file.
    """

    name: str
    sizes: Mapping[str, str]
    source: str = ""
    version: str = ""
    label: str = ""
    region: str = "region"
    buckets: frozenset[str] = frozenset({"versioned", "expire_days"})
    where: str = ""
    state: Mapping[str, object] = field(default_factory=dict)
    inside: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted(each.name for each in (MODULES / self.name).iterdir() if each.is_dir()))

    @property
    def placed(self) -> tuple[str, ...]:
        """The kinds whose module is given the region: the provider itself has no setting for it."""
        return () if self.region else tuple(kind for kind in self.kinds if kind != "dns")

    def required(self) -> tuple[Block, ...]:
        """Return `required_providers`; nothing where Terraform alone is enough."""
        if not self.source:
            return ()
        pinned = Attribute(self.label or self.name, {"source": self.source, "version": self.version})
        return (Block("required_providers", (), (pinned,)),)

    def block(self, region: str, tags: Mapping[str, str]) -> tuple[Block, ...]:
        """Return the provider's configuration."""
        if not self.source:
            return ()
        body: list[Attribute | Block] = [Attribute(self.region, region or self.where)] if self.region else []
        if self.name == "aws":
            body.append(Block("default_tags", (), (Attribute("tags", dict(tags)),)))
        return (Block("provider", (self.label or self.name,), tuple(body)),)

    def backend(self, bucket: str, key: str, region: str) -> Block:
        """Return the backend of the state: a bucket with a lock, or a file, which has its own lock."""
        if not bucket:
            return Block("backend", ("local",), (Attribute("path", "terraform.tfstate"),))
        body = {"bucket": bucket, "key": key, "region": region or self.where, "use_lockfile": True, "encrypt": True}
        attributes = [Attribute(name, inner) for name, inner in (body | dict(self.state)).items()]
        return Block("backend", ("s3",), tuple(attributes))


S3_STATE = {
    "encrypt": False,  # the bucket encrypts by itself: the header of a request is not known there
    "skip_region_validation": True,
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_s3_checksum": True,
}
TIMEWEB_STATE = S3_STATE | {"region": "ru-1", "endpoints": {"s3": "https://s3.twcstorage.ru"}}
YANDEX_STATE = S3_STATE | {"region": "ru-central1", "endpoints": {"s3": "https://storage.yandexcloud.net"}}
PROVIDERS = {
    "aws": Provider(
        "aws",
        {"postgres": "db.t4g.medium", "redis": "cache.t4g.small", "cluster": "t3.large"},
        "hashicorp/aws",
        "~> 6.0",
        where="eu-central-1",
    ),
    "local": Provider("local", {"postgres": "small", "redis": "small", "cluster": "small"}),
    "timeweb": Provider(
        "timeweb",
        {"postgres": "2x4", "redis": "1x2", "cluster": "4x8"},
        "tf.timeweb.cloud/timeweb-cloud/timeweb-cloud",
        "~> 1.7",
        label="twc",
        region="",
        where="ru-1",
        state=TIMEWEB_STATE,
        buckets=frozenset(),
    ),
    "yandex": Provider(
        "yandex",
        {"postgres": "s3-c2-m8", "redis": "hm3-c2-m8", "cluster": "standard-v3"},
        "yandex-cloud/yandex",
        "~> 0.150",
        region="zone",
        where="ru-central1-a",
        state=YANDEX_STATE,
        inside=("10.112.0.0/16", "10.96.0.0/16"),
    ),
}
