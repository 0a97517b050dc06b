"""Owners: files are added to what the user owns, as the other services say; a role alone is not enough."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from services.payments.conftest import serve_events
from stead.kit.key import new_private_key, public_jwk
from stead.services import media
from stead.services.events.app import MIGRATIONS as EVENTS
from stead.services.media.app import create
from stead.testing.harness import running

OLGA, EVE = ({"user": name, "roles": ["organizer"]} for name in ("olga", "eve"))


async def test_files_are_added_to_ones_own_page_and_event_alone(new_database, database_url):
    """Any organizer could add files to another organizer's page: the role was believed."""
    key = new_private_key("media")
    async with AsyncExitStack() as stack:
        keys = {"media": public_jwk(key, "media", ("read",))}
        keys["api-gateway"] = public_jwk(gateway := new_private_key("api-gateway"), "api-gateway", ("front",))
        club, events_url = await stack.enter_async_context(serve_events(new_database(EVENTS), keys, gateway, "1800"))
        told = {"DATABASE_URL": database_url, "BUCKET_URL": "s3://key:secret@127.0.0.1:9/media"}
        told |= {"EVENTS_SERVICE_URL": events_url, "SERVICE_JWT_SECRET": key}
        app = await stack.enter_async_context(running(create, service=media.service(), environ=told))
        await club.put("/v1/organizers/club", json={"title": "The club"}, **OLGA)
        starts_at = datetime.now(UTC) + timedelta(days=1)
        times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=8)).isoformat()}
        draft = {"organizer": "club", "title": "River trip", "capacity": 5, **times}
        event = (await club.post("/v1/events", json=draft, **OLGA)).json()["id"]
        owned = [("organizer", "club"), ("event", event)]
        unknown = [("organizer", "another"), ("event", str(uuid4())), ("event", "club"), ("payment_proof", event)]
        for who, kind, id_, status in [
            *((OLGA, *each, 201) for each in owned),
            *((EVE, *each, 403) for each in owned),
            *((OLGA, *each, 403) for each in unknown),
        ]:
            order = {"owner_kind": kind, "owner_id": id_, "content_type": "image/png", "size": 10}
            answer = await app.post("/v1/media", json=order, **who)
            assert answer.status_code == status, (who, kind, id_, answer.text)
