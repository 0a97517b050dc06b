"""The auth service, put together."""

from stead.kit import outbox
from stead.kit.app import service_app
from stead.kit.asgi import ASGIApp
from stead.kit.caller import Credentials
from stead.kit.database import Database
from stead.kit.migrations import Migrations
from stead.kit.part import Part
from stead.kit.peer import Peer
from stead.kit.settings import SettingsError, read
from stead.services.auth.deliveries import Deliveries
from stead.services.auth.people import Motion, People
from stead.services.auth.providers.clerk import Clerk
from stead.services.auth.providers.key_set import KeySet
from stead.services.auth.routes import HANDLERS
from stead.services.auth.service import ROUTES
from stead.services.auth.settings import AuthSettings
from stead.services.auth.signature import usable
from stead.services.points.contract import PointsClient
from stead.services.referrals.contract import ReferralsClient

MIGRATIONS = (outbox.MIGRATIONS, Migrations.beside(__file__, "auth"))
SHORTEST_SECRET = 32  # bytes: RFC 7518 section 3.2


def create() -> ASGIApp:
    settings = _read()
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    points = _peer(settings, settings.points_service_name, settings.points_service_url)
    referrals = _peer(settings, settings.referral_service_name, settings.referral_service_url)
    deliveries = Deliveries(
        database, PointsClient(points) if points else None, ReferralsClient(referrals) if referrals else None
    )
    key_set = KeySet(settings.clerk_jwks_url)
    peers: list[Part] = [peer for peer in (points, referrals) if peer]
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[database, key_set, *peers, deliveries.outbox],
        provide={
            "people": People(database, deliveries.outbox, _motion(settings)),
            "providers": (_clerk(settings, key_set),),
            "webhook_secret": settings.clerk_webhook_secret,
        },
    )


def _read() -> AuthSettings:
    """Read the settings; secrets that could not verify anything stop the service at once."""
    settings = read(AuthSettings)
    problems = []
    if not usable(settings.clerk_webhook_secret):
        problems.append("CLERK_WEBHOOK_SECRET is malformed; expected whsec_ and the base64 of 16 bytes or more.")
    if settings.clerk_jwt_secret is not None and len(settings.clerk_jwt_secret.encode()) < SHORTEST_SECRET:
        problems.append(f"CLERK_JWT_SECRET is too short; expected {SHORTEST_SECRET} bytes or more.")
    if not settings.clerk_jwks_url.startswith(("https://", "http://", "file:")):
        problems.append("CLERK_JWKS_URL is malformed; expected an https:, http: or file: URL.")
    if problems:
        raise SettingsError(problems)
    return settings


def _peer(settings: AuthSettings, name: str, url: str | None) -> Peer | None:
    return Peer(name, url, Credentials.of(settings)) if url else None


def _motion(settings: AuthSettings) -> Motion:
    return Motion(
        points=settings.points_service_url is not None,
        attributions=settings.referral_service_url is not None,
        welcome=settings.auth_welcome_points,
        referrer=settings.auth_referrer_points,
        referee=settings.auth_referee_points,
    )


def _clerk(settings: AuthSettings, key_set: KeySet) -> Clerk:
    parties = frozenset(settings.clerk_authorized_parties)
    return Clerk(settings.clerk_issuer, key_set, settings.clerk_jwt_secret, parties)
