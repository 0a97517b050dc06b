"""The auth service, put together from the providers that it is reported."""

from stead.kit.app import service_app
from stead.kit.asgi import ASGIApp
from stead.kit.database import Database
from stead.kit.live_setting import LiveSetting
from stead.kit.redis import Redis
from stead.services.auth.composition import Composition
from stead.services.auth.contract import UsersClient
from stead.services.auth.providers.init_data import public_key
from stead.services.auth.providers.issuer import Issuer, of_set, shared
from stead.services.auth.providers.key_set import KeySet
from stead.services.auth.providers.provider import Provider
from stead.services.auth.providers.telegram import Telegram, by_telegram, by_token
from stead.services.auth.replay_guard import MemoryReplayGuard, PostgresReplayGuard, RedisReplayGuard, ReplayGuard
from stead.services.auth.routes import HANDLERS
from stead.services.auth.service import routes
from stead.services.auth.settings import JwtSettings, TelegramSettings
from stead.services.auth.settings_loader import SHORTEST_SECRET, LoadedSettings, load_settings
from stead.services.auth.sign_ups import sign_ups
from stead.services.auth.user_provisioning import UserProvisioning
from stead.services.auth.verification import Verification


def create() -> ASGIApp:
    """Return the service; SettingsError names all that is wrong with the environment."""
    given = load_settings()
    composition, users = Composition(given.auth), given.auth.users_service_url
    provide = _verifying(composition, given)
    if users:
        provide["ensuring"] = UserProvisioning(UsersClient(composition.peer(given.auth.users_service_name, users)))
    declared = routes(given.auth.auth_providers, ensures=users is not None)
    paths = {route.path for route in declared}
    handlers = [handler for handler in HANDLERS if handler.paths & paths]
    return service_app(given.auth, routes=declared, handlers=handlers, parts=composition.parts, provide=provide)


def _verifying(composition: Composition, given: LoadedSettings) -> dict[str, object]:
    """Create the providers; return the objects that the handlers need of them."""
    provide: dict[str, object] = {}
    tokens: list[Provider] = []
    database = None
    if given.clerk:
        clerk = sign_ups(composition, given.clerk)
        tokens.append(clerk.provider)
        provide |= {
            "people": clerk.people,
            "webhook_secret": LiveSetting.of(given.clerk, "clerk_webhook_secret"),
        }
        database = clerk.database
    tokens += [_issuer(composition, name, issuer) for name, issuer in given.issuers.items()]
    apps = (_telegram(composition, given.telegram),) if given.telegram else ()
    return {**provide, "verification": Verification(tuple(tokens), apps, _replay_guard(composition, database))}


def _replay_guard(composition: Composition, database: Database | None) -> ReplayGuard:
    """Return the replay guard's store: the described one, otherwise the present database."""
    settings = composition.settings
    if settings.redis_url:
        return RedisReplayGuard(composition.add_component(Redis(settings.redis_url, prefix=settings.service_name)))
    return PostgresReplayGuard(database) if database else MemoryReplayGuard()


def _telegram(composition: Composition, telegram: TelegramSettings) -> Telegram:
    if telegram.telegram_bot_ids:
        key = public_key(telegram.telegram_public_key)
        assert key  # checked when the settings were read
        signed = by_telegram(telegram.telegram_bot_ids, key)
    else:
        signed = by_token(composition.secret("TELEGRAM_BOT_TOKEN", telegram.telegram_bot_token))
    return Telegram(signed, telegram.telegram_max_age_seconds, once=telegram.telegram_refuse_replays)


def _issuer(composition: Composition, name: str, issuer: JwtSettings) -> Issuer:
    if issuer.algorithm == "HS256":
        secret = composition.secret(f"{JwtSettings.prefix(name)}SECRET", issuer.secret, shortest=SHORTEST_SECRET)
        return Issuer(name, issuer.issuer, issuer.audience, issuer.algorithm, shared(secret), prefix=issuer.user_prefix)
    assert issuer.keys_url  # checked when the settings were read
    keys = of_set(composition.add_component(KeySet(issuer.keys_url, issuer.algorithm)))
    return Issuer(name, issuer.issuer, issuer.audience, issuer.algorithm, keys, prefix=issuer.user_prefix)
