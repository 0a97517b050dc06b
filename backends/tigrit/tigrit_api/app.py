"""The mini app's API, put together."""

from interactions.store import MIGRATIONS, Interactions
from stead.kit.app import service_app
from stead.kit.asgi import ASGIApp
from stead.kit.caller import Credentials
from stead.kit.database import Database
from stead.kit.service_client import ServiceClient
from stead.kit.settings import read
from stead.services.auth.contract import AuthClient
from stead.services.sessions.contract import SessionsClient
from tigrit_api.routes import HANDLERS
from tigrit_api.service import ROUTES
from tigrit_api.settings import ApiSettings


def create() -> ASGIApp:
    settings = read(ApiSettings)
    credentials = Credentials.of(settings)
    database = Database(settings.database_url, migrations=[MIGRATIONS], size=settings.database_pool)
    auth = ServiceClient(settings.auth_service_name, settings.auth_service_url, credentials)
    sessions = ServiceClient(settings.sessions_service_name, settings.sessions_service_url, credentials)
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=[database, auth, sessions],
        provide={
            "spoken": Interactions(database),
            "auth": AuthClient(auth),
            "sessions": SessionsClient(sessions),
        },
    )
