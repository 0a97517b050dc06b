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
    region      what the provider calls a region
    where       the region where the description says none
    state       arguments of the state's backend beside the bucket, which is S3 everywhere

    Credentials are in the environment of who runs Terraform, never in a file.
    """

    name: str
    sizes: Mapping[str, str]
    source: str = ""
    version: str = ""
    region: str = "region"
    where: str = ""
    state: Mapping[str, object] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted(each.name for each in (MODULES / self.name).iterdir() if each.is_dir()))

    def required(self) -> tuple[Block, ...]:
        """Return `required_providers`; nothing where Terraform alone is enough."""
        if not self.source:
            return ()
        pinned = Attribute(self.name, {"source": self.source, "version": self.version})
        return (Block("required_providers", (), (pinned,)),)

    def block(self, region: str, tags: Mapping[str, str]) -> tuple[Block, ...]:
        """Return the provider's configuration."""
        if not self.source:
            return ()
        body: list[Attribute | Block] = [Attribute(self.region, region or self.where)]
        if self.name == "aws":
            body.append(Block("default_tags", (), (Attribute("tags", dict(tags)),)))
        return (Block("provider", (self.name,), tuple(body)),)

    def backend(self, bucket: str, key: str, region: str) -> Block:
        """Return where the state is kept: a bucket with a lock, or a file, which has a lock of its own."""
        if not bucket:
            return Block("backend", ("local",), (Attribute("path", "terraform.tfstate"),))
        body = {"bucket": bucket, "key": key, "region": region or self.where, "use_lockfile": True, "encrypt": True}
        attributes = [Attribute(name, inner) for name, inner in (body | dict(self.state)).items()]
        return Block("backend", ("s3",), tuple(attributes))


YANDEX_STATE = {
    "region": "ru-central1",
    "encrypt": False,  # the bucket encrypts: the request's own header is not known there
    "skip_region_validation": True,
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_s3_checksum": True,
    "endpoints": {"s3": "https://storage.yandexcloud.net"},
}
PROVIDERS = {
    "aws": Provider(
        "aws",
        {"postgres": "db.t4g.medium", "redis": "cache.t4g.small", "cluster": "t3.large"},
        "hashicorp/aws",
        "~> 6.0",
        where="eu-central-1",
    ),
    "local": Provider("local", {"postgres": "small", "redis": "small", "cluster": "small"}),
    "yandex": Provider(
        "yandex",
        {"postgres": "s3-c2-m8", "redis": "hm3-c2-m8", "cluster": "standard-v3"},
        "yandex-cloud/yandex",
        "~> 0.150",
        region="zone",
        where="ru-central1-a",
        state=YANDEX_STATE,
    ),
}
