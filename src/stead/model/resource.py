"""Resource: a database, keys of Redis or a bucket that a service needs. Its source depends on the environment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from stead.model.resource_form import URL
from stead.model.source_location import SourceLocation, here

DatabaseForm = Literal["host", "port", "name", "user", "password", "jdbc", "asyncpg", "psycopg", "dotnet"]
RedisForm = Literal["host", "port", "database", "user", "password"]
BucketForm = Literal["endpoint", "public", "name", "key", "secret"]


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource. Two services share a resource only when the description gives the same object to both.

    setting  the environment variable that holds its URL
    parts    by form, a variable that holds this form of the URL as well: `{"host": "DB_HOST", "password": "DB_PASS"}`
    """

    kind: ClassVar[str] = ""
    setting: str = ""
    parts: Mapping[Any, str] = field(default_factory=dict, kw_only=True)
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    @property
    def forms(self) -> Iterator[tuple[str, str]]:
        """The settings in which it is found, each with the form of the URL that it holds."""
        yield self.setting, URL
        yield from ((setting, form) for form, setting in self.parts.items())


@dataclass(frozen=True, eq=False)
class Postgres(Resource):
    """A PostgreSQL database with a role of its own; the setting holds a `postgresql://` URL.

    parts   `host`, `port`, `name`, `user`, `password`; `jdbc`, a JDBC URL without a user; `asyncpg` and `psycopg`, a
            URL of SQLAlchemy; `dotnet`, a connection string of Npgsql
    """

    kind: ClassVar[str] = "postgres"
    setting: str = "DATABASE_URL"
    parts: Mapping[DatabaseForm, str] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, eq=False)
class Redis(Resource):
    """A Redis (or Valkey) database; the setting holds a `redis://` URL.

    A second setting, `REDIS_PREFIX` beside `REDIS_URL`, holds the prefix of each key and channel, with its colon. Other
    keys are refused, and so is every command that reads keys without naming one (SCAN, KEYS, DBSIZE).

    parts   `host`, `port`, `database` (a number), `user`, `password`
    """

    kind: ClassVar[str] = "redis"
    setting: str = "REDIS_URL"
    parts: Mapping[RedisForm, str] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, eq=False)
class Bucket(Resource):
    """An S3 bucket; the setting holds an `s3://key:secret@host/bucket` URL.

    versioned    True to keep earlier versions of an object
    expire_days  days after which an object is deleted; None to keep it
    parts        `endpoint`, a URL of the S3 API; `public`, the URL at which clients outside reach it, for
                 signed links; `name`, `key`, `secret`
    """

    kind: ClassVar[str] = "bucket"
    setting: str = "BUCKET_URL"
    parts: Mapping[BucketForm, str] = field(default_factory=dict, kw_only=True)
    versioned: bool = False
    expire_days: int | None = None
