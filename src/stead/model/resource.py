"""Resource: what a service needs and does not make itself. Where it comes from depends on where the backend runs."""

from dataclasses import dataclass, field
from typing import ClassVar

from stead.model.source_location import SourceLocation, here


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource. Two services share a resource only when the description gives the same object to both.

    setting  the environment variable that holds its URL
    """

    kind: ClassVar[str] = ""
    setting: str = ""
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)


@dataclass(frozen=True, eq=False)
class Postgres(Resource):
    """A PostgreSQL database with a role of its own; the setting holds a `postgresql://` URL."""

    kind: ClassVar[str] = "postgres"
    setting: str = "DATABASE_URL"


@dataclass(frozen=True, eq=False)
class Redis(Resource):
    """A Redis (or Valkey) database; the setting holds a `redis://` URL.

    A second setting, `REDIS_PREFIX` beside `REDIS_URL`, holds what each key and channel must begin with: its colon
    included. Others are refused, and so is every command that looks at keys without naming one (SCAN, KEYS, DBSIZE).
    """

    kind: ClassVar[str] = "redis"
    setting: str = "REDIS_URL"


@dataclass(frozen=True, eq=False)
class Bucket(Resource):
    """An S3 bucket; the setting holds an `s3://key:secret@host/bucket` URL.

    versioned    True to keep earlier versions of an object
    expire_days  days after which an object is deleted; None to keep it
    """

    kind: ClassVar[str] = "bucket"
    setting: str = "BUCKET_URL"
    versioned: bool = False
    expire_days: int | None = None
