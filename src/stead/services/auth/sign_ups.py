"""The Clerk part of the service: session tokens, webhooks, and the effects of a sign-up."""

from dataclasses import dataclass

from stead.kit import outbox
from stead.kit.database import Database
from stead.kit.migrations import Migrations
from stead.services.auth.composition import Composition
from stead.services.auth.deliveries import Deliveries
from stead.services.auth.providers.clerk import Clerk
from stead.services.auth.providers.key_set import KeySet
from stead.services.auth.settings import ClerkSettings
from stead.services.auth.users import UserChange, Users
from stead.services.auth.verification import ActiveUsers
from stead.services.points.contract import PointsClient
from stead.services.referrals.contract import ReferralsClient
from stead.services.tokens.contract import TokensClient

MIGRATIONS = (outbox.MIGRATIONS, Migrations.beside(__file__, "auth"))


@dataclass(frozen=True, slots=True)
class SignUps:
    """The provider, and the database that comes with it."""

    provider: ActiveUsers
    people: Users
    database: Database


def sign_ups(composition: Composition, clerk: ClerkSettings) -> SignUps:
    """Create the Clerk part: it opens the database first, and starts the delivery of messages last."""
    database = composition.add_component(Database(clerk.database_url, migrations=MIGRATIONS, size=clerk.database_pool))
    key_set = composition.add_component(KeySet(clerk.clerk_jwks_url))
    points, referrals, tokens = clerk.points_service_url, clerk.referral_service_url, clerk.token_service_url
    deliveries = Deliveries(
        database,
        PointsClient(composition.peer(clerk.points_service_name, points)) if points else None,
        ReferralsClient(composition.peer(clerk.referral_service_name, referrals)) if referrals else None,
        TokensClient(composition.peer(clerk.token_service_name, tokens)) if tokens else None,
    )
    people = Users(database, composition.add_component(deliveries.outbox), _user_change(clerk))
    parties = frozenset(clerk.clerk_authorized_parties)
    provider = Clerk(clerk.clerk_issuer, key_set, clerk.clerk_jwt_secret, parties)
    return SignUps(ActiveUsers(provider, people), people, database)


def _user_change(clerk: ClerkSettings) -> UserChange:
    return UserChange(
        points=clerk.points_service_url is not None,
        attributions=clerk.referral_service_url is not None,
        tokens=clerk.token_service_url is not None,
        welcome=clerk.auth_welcome_points,
        referrer=clerk.auth_referrer_points,
        referee=clerk.auth_referee_points,
        first_login=clerk.auth_first_login_points,
    )
