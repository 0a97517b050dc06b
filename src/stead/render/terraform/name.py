"""The names of what Terraform creates: no longer than the provider permits, and the same at each render."""

from collections.abc import Mapping
from hashlib import sha256

BUCKET = 63
DIGEST = 8
# By provider and kind, the longest `name` of a module: the provider's limit of each name in it, without what the module
# adds. A name that is already short enough stays as it is, so that a limit renames nothing that could be created.
LONGEST: Mapping[str, Mapping[str, int]] = {
    "aws": {
        "network": 64 - len("-flow"),
        "postgres": 64 - len("-postgres-monitoring"),
        "redis": 40 - len("-redis"),
        "cluster": 64 - len("-cluster"),
        "registry": 256,
    },
    "yandex": {
        "network": 63 - len("-egress"),
        "postgres": 63 - len("-postgres"),
        "redis": 63 - len("-redis"),
        "buckets": 63 - len("-buckets"),
        "cluster": 63 - len("-cluster"),
        "dns": 63 - len("-certificate"),
    },
    "timeweb": {
        "postgres": 63 - len("-postgres"),
        "redis": 63 - len("-redis"),
        "cluster": 63 - len("-nodes"),
    },
    "local": {},
}
OTHERS = 63  # of a module that is not named above
# Timeweb Cloud puts eight digits of the account and a hyphen before the name of a bucket.
BUCKETS = {"aws": BUCKET, "local": BUCKET, "timeweb": BUCKET - 9, "yandex": BUCKET}

# A secret's name is what the cluster asks for, so that it is never shortened.
SECRETS = {"aws": 512, "yandex": 100}


def shortened(name: str, longest: int) -> str:
    """Return a name of at most so many characters: a longer one ends in a digest of the whole name."""
    if len(name) <= longest:
        return name
    return f"{name[: longest - DIGEST - 1].rstrip('-')}-{sha256(name.encode()).hexdigest()[:DIGEST]}"


def of_module(provider: str, kind: str, name: str) -> str:
    """Return the name with which a module's own names begin."""
    return shortened(name, LONGEST[provider].get(kind, OTHERS))


def of_bucket(provider: str, name: str) -> str:
    """Return the whole name of a bucket."""
    return shortened(name, BUCKETS[provider])
