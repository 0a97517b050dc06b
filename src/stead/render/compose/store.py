"""The servers of resources, and the one-shot containers that create databases, roles and buckets in them.

They run at each start and create only what is missing: so a service that is added later gets its database, too. The
init scripts of a database's image run only on an empty disk.
"""

from dataclasses import replace

from stead.model import Bucket, Job, Limits
from stead.model.connections import POOL, POOL_SETTING, pool_of
from stead.render.compose import bucket, public_bucket, secret
from stead.render.compose.context import ComposeContext
from stead.render.compose.process import HEALTHY, deploy, own_image, published
from stead.render.compose.public_bucket import is_public
from stead.render.compose.spec import (
    NO_CHECK,
    ComposeService,
    Healthcheck,
    Mount,
    Port,
    SecretMount,
    Ulimit,
)
from stead.render.compose.text import PassedThrough, Var
from stead.render.context import MAKERS, ServerPart
from stead.render.docker import pin
from stead.render.docker.image_kind import PYTHON

PORTS = {"postgres": 5432, "redis": 6379, "s3": public_bucket.PORT}
MAKER_LIMITS = Limits(cpus=0.5, memory=128, pids=32)
INITDB = (
    "--auth-host=scram-sha-256 --auth-local=peer --encoding=UTF8 --locale=C "
    "--locale-provider=builtin --builtin-locale=C.UTF-8"
)


def servers(context: ComposeContext) -> dict[str, ComposeService]:
    """Return the servers that something is needed of, each with its one-shot."""
    made = {"postgres": _postgres, "redis": _redis}
    found = {server: made[server]() for server in context.servers if server in made}
    found |= bucket.services() if bucket.NAME in context.servers else {}
    found |= {server: replace(found[server], ports=_ports(context, server)) for server in context.servers}
    makers = {MAKERS[server]: _maker(context, server) for server in context.servers if server in MAKERS}
    return found | makers


def _postgres() -> ComposeService:
    """The image's own user (999) owns the data; the server listens once its first start is over."""
    return ComposeService(
        image=Var(pin.POSTGRES.name, pin.POSTGRES.image),
        user="999:999",
        command=("postgres", "-c", "max_connections=300", "-c", "password_encryption=scram-sha-256"),
        environment={"POSTGRES_PASSWORD_FILE": f"{secret.RUN}/{secret.PASSWORD}", "POSTGRES_INITDB_ARGS": INITDB},
        secrets=(SecretMount(secret.PASSWORD, secret.PASSWORD),),
        volumes=(Mount("volume", "postgres", "/var/lib/postgresql"),),
        tmpfs=("/tmp:size=64m,mode=1777", "/var/run/postgresql:size=1m,uid=999,gid=999,mode=0755"),  # noqa: S108
        healthcheck=Healthcheck(("CMD", "pg_isready", "--host=127.0.0.1", "--username=postgres", "--quiet")),
        deploy=deploy(Limits(cpus=2, memory=1024, pids=512)),
        ulimits={"nofile": Ulimit(65536, 65536)},
        shm_size="256m",  # parallel queries share memory there, and Docker's 64 MB are soon full
        stop_grace_period="60s",
    )


def _redis() -> ComposeService:
    """Redis with its users in a file; without a login only PING is allowed, which the health check uses."""
    return ComposeService(
        image=Var(pin.REDIS.name, pin.REDIS.image),
        user="999:1000",
        entrypoint=("valkey-server",),
        command=(
            *("--aclfile", f"{secret.RUN}/{secret.USERS}", "--dir", "/data", "--appendonly", "yes", "--save", ""),
            *("--maxmemory", "192mb", "--maxmemory-policy", "noeviction"),
        ),
        secrets=(SecretMount(secret.USERS, secret.USERS),),
        volumes=(Mount("volume", "redis", "/data"),),
        healthcheck=Healthcheck(("CMD", "valkey-cli", "-e", "ping")),
        deploy=deploy(Limits(cpus=0.5, memory=256, pids=64)),
        stop_grace_period="30s",
    )


def _maker(context: ComposeContext, server: str) -> ComposeService:
    parts = context.parts_in(server)
    admin = secret.ADMIN if server == "postgres" else secret.S3_ADMIN
    names = (admin, *sorted(part.secret for part in parts))
    words = _databases(context, parts) if server == "postgres" else _buckets(parts)
    return replace(
        own_image(context, PYTHON),
        command=(f"stead.ops.provision.{'databases' if server == 'postgres' else 'buckets'}", *words),
        environment={POOL_SETTING: PassedThrough()} if server == "postgres" else {},
        secrets=tuple(SecretMount(name, name) for name in names),
        depends_on={server: HEALTHY},
        restart="no",
        healthcheck=NO_CHECK,
        deploy=deploy(MAKER_LIMITS),
    )


def _databases(context: ComposeContext, parts: tuple[ServerPart, ...]) -> list[str]:
    """The administrator's URL, and each database's with how often its processes run, and with what pool."""
    words = [f"{secret.RUN}/{secret.ADMIN}"]
    for part in sorted(parts, key=lambda part: part.secret):
        users = [process for process in context.ready if part.resource in process.resources]
        replicas = sum(1 if isinstance(each, Job) else context.replicas(each) for each in users)
        pool = max((pool_of(each) for each in users), default=POOL)
        words.append(f"{secret.RUN}/{part.secret}:{max(replicas, 1)}:{pool}")
    return words


def _buckets(parts: tuple[ServerPart, ...]) -> list[str]:
    """The administrator's URL, and each bucket's URL with its promises."""
    words = [f"{secret.RUN}/{secret.S3_ADMIN}"]
    for part in sorted(parts, key=lambda part: part.secret):
        assert isinstance(part.resource, Bucket)
        versioned = "versioned" if part.resource.versioned else "plain"
        days = str(part.resource.expire_days or 0)
        words.append(f"{secret.RUN}/{part.secret}:{versioned}:{days}")
    return words


def _ports(context: ComposeContext, server: str) -> tuple[Port, ...]:
    if not context.is_dev:
        return ()
    fixed = server == bucket.NAME and is_public(context)
    return published(server, PORTS[server], str(PORTS[server]) if fixed else "")
