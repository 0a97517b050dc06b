"""The game, put together."""

from game.invitations import Invitations
from game.players import Players
from game.routes import HANDLERS
from game.service import ROUTES
from game.settings import GameSettings
from stead.kit.app import service_app
from stead.kit.asgi import ASGIApp
from stead.kit.caller import Credentials
from stead.kit.database import Database
from stead.kit.migrations import Migrations
from stead.kit.service_client import ServiceClient
from stead.kit.settings import read
from stead.services.auth.contract import AuthClient
from stead.services.secrets.contract import SecretsClient
from stead.services.sessions.contract import SessionsClient


def create() -> ASGIApp:
    settings = read(GameSettings)
    credentials = Credentials.of(settings)
    database = Database(
        settings.database_url, migrations=[Migrations.beside(__file__, "game")], size=settings.database_pool
    )
    auth = ServiceClient(settings.auth_service_name, settings.auth_service_url, credentials)
    sessions = ServiceClient(settings.sessions_service_name, settings.sessions_service_url, credentials)
    secrets = ServiceClient(settings.secrets_service_name, settings.secrets_service_url, credentials)
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[database, auth, sessions, secrets],
        provide={
            "auth": AuthClient(auth),
            "sessions": SessionsClient(sessions),
            "players": Players(database),
            "invitations": Invitations(SecretsClient(secrets)),
        },
    )
