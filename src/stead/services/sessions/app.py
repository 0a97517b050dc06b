"""The sessions service, put together on one store or the other."""

from collections.abc import Sequence
from datetime import timedelta

from stead.kit.app import Component, service_app
from stead.kit.asgi import ASGIApp
from stead.kit.caller import Credentials
from stead.kit.database import Database
from stead.kit.live_setting import LiveSetting
from stead.kit.migrations import Migrations
from stead.kit.redis import Redis
from stead.kit.service_client import ServiceClient
from stead.kit.settings import read
from stead.services.sessions.keys import EnvironmentKeys, FetchedKeys, Keys
from stead.services.sessions.routes import HANDLERS
from stead.services.sessions.rules import Limits
from stead.services.sessions.service import ROUTES
from stead.services.sessions.sessions import Sessions, Tokens
from stead.services.sessions.settings import PostgresSessionSettings, RedisSessionSettings, SessionSettings
from stead.services.sessions.store import Store

MIGRATIONS = (Migrations.beside(__file__, "sessions"),)


def on_redis() -> ASGIApp:
    """Return the service with its sessions in Redis; SettingsError names all that is wrong with the environment."""
    from stead.services.sessions.store.redis import RedisStore  # each app loads one driver

    settings = read(RedisSessionSettings)
    redis = Redis(settings.redis_url, prefix=settings.service_name, size=settings.redis_pool)
    return _app(settings, redis, RedisStore(redis))


def on_postgres() -> ASGIApp:
    """Return the service with its sessions in PostgreSQL."""
    from stead.services.sessions.store.postgres import PostgresStore

    settings = read(PostgresSessionSettings)
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    return _app(settings, database, PostgresStore(database))


def _app(settings: SessionSettings, part: Component, store: Store) -> ASGIApp:
    settings.validate()
    keys, asked = _keys(settings)
    sessions = Sessions(store, keys, _limits(settings), _tokens(settings))
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[part, *asked],
        provide={"sessions": sessions},
        health=[part],
    )


def _keys(settings: SessionSettings) -> tuple[Keys, Sequence[Component]]:
    """Return where the signing key comes from, and the parts that it takes."""
    if settings.session_signing_key is not None:
        return EnvironmentKeys(LiveSetting.of(settings, "session_signing_key")), ()
    assert settings.secrets_service_url  # checked when the settings were read
    peer = ServiceClient(settings.secrets_service_name, settings.secrets_service_url, Credentials.of(settings))
    keys = FetchedKeys(peer)
    return keys, (peer, keys)


def _limits(settings: SessionSettings) -> Limits:
    return Limits(
        idle=timedelta(seconds=settings.session_idle_seconds),
        absolute=timedelta(seconds=settings.session_absolute_seconds),
        grace=timedelta(seconds=settings.session_grace_seconds),
    )


def _tokens(settings: SessionSettings) -> Tokens:
    return Tokens(
        issuer=settings.service_name,
        audience=settings.access_token_audience,
        life=timedelta(seconds=settings.session_access_seconds),
        key_seconds=settings.session_key_seconds,
    )
