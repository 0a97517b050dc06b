"""The token service, put together."""

from stead.kit import idempotency
from stead.kit.app import service_app
from stead.kit.asgi import ASGIApp
from stead.kit.database import Database
from stead.kit.idempotency import Idempotency
from stead.kit.migrations import Migrations
from stead.kit.settings import read
from stead.services.tokens.credential_cache import Recent
from stead.services.tokens.keys import Keys
from stead.services.tokens.last_used import LastUsed
from stead.services.tokens.routes import HANDLERS
from stead.services.tokens.service import ROUTES
from stead.services.tokens.settings import TokenSettings
from stead.services.tokens.store import Store

MIGRATIONS = (idempotency.MIGRATIONS, Migrations.beside(__file__, "tokens"))


def create() -> ASGIApp:
    settings = read(TokenSettings)
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    uses = LastUsed(database)
    keys = Keys(
        Store(database, most=settings.token_max_per_user),
        Idempotency(database),
        Recent(),
        uses,
        longest_days=settings.token_max_days,
    )
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[database, uses, idempotency.sweep(database)],
        provide={"keys": keys},
    )
