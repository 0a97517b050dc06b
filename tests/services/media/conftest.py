"""A media service beside a stand-in for an S3 server, which verifies every signature."""

import asyncio
import io
from contextlib import asynccontextmanager

import httpx2
import psycopg
import pytest
from PIL import Image
from psycopg.rows import dict_row

from stead.services import media
from stead.services.media.app import MIGRATIONS, create
from stead.testing.harness import running
from stead.testing.s3 import StandInS3

ANN = {"user": "ann", "roles": ["admin"]}  # no service says here who owns what
BEN = {"user": "ben", "roles": ["organizer"]}


def picture(size=(64, 48), form="PNG", **more):
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, form, **more)
    return file.getvalue()


class Gallery:
    """The service, asked as people ask it, and the bucket behind it."""

    def __init__(self, app, s3, browser):
        self.app = app
        self.s3 = s3
        self.browser = browser

    @property
    def objects(self):
        return self.s3.buckets["media"]

    async def order(self, size, content_type="image/png", who=ANN, **more):
        body = {"owner_kind": "organizer", "owner_id": "club", "content_type": content_type, "size": size, **more}
        return await self.app.post("/v1/media", json=body, **who)

    async def put(self, upload, content, **headers):
        return await self.browser.put(upload["url"], content=content, headers={**upload["headers"], **headers})

    async def complete(self, upload, who=ANN):
        return await self.app.post(f"/v1/media/{upload['id']}/completion", **who)

    async def read(self, upload, who=ANN):
        return (await self.app.get(f"/v1/media/{upload['id']}", **who)).json()

    async def uploaded(self, content, content_type="image/png"):
        """Upload a file, and wait until it is published or refused."""
        upload = (await self.order(len(content), content_type)).json()
        assert (await self.put(upload, content)).status_code == 200
        assert (await self.complete(upload)).status_code == 202
        async with asyncio.timeout(8):
            while (shown := await self.read(upload))["status"] == "quarantine":
                await asyncio.sleep(0.03)
        return upload, shown


@pytest.fixture
def database_url(new_database):
    return new_database(MIGRATIONS)


@pytest.fixture
def run(database_url):
    """Start the service; further environment variables as keywords."""

    @asynccontextmanager
    async def start(**environ):
        with StandInS3("media").running() as s3:
            told = {"DATABASE_URL": database_url, "BUCKET_URL": s3.bucket_url("media"), **environ}
            async with (
                running(create, service=media.service(), environ=told) as app,
                httpx2.AsyncClient(trust_env=False) as browser,
            ):
                yield Gallery(app, s3, browser)

    return start


@pytest.fixture
def rows(database_url):
    """Read, or change, the database beside the service."""

    def ask(query, *values):
        with psycopg.connect(database_url, row_factory=dict_row) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.statusmessage.startswith("SELECT") else []

    return ask
