"""Bench: uploads a second through the media service, against the same bytes straight to the same S3 server.

Clients upload documents of 1 MiB, in turns: the floor is one PUT; an upload is ordered, PUT and completed; and a third
figure counts an upload once it is published, which reads it, inspects it and writes it again. The S3 server is the one
of `stead up`, a process of its own; the service and its clients share another one.
"""

import asyncio
import logging
import secrets
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import httpx2

from benchmarks.row import Row
from stead.run.postgres import Cluster, create_database
from stead.run.s3.server import Server
from stead.services import media
from stead.services.media.app import create
from stead.services.media.signing import location_of, presigned
from stead.testing.harness import App, running

CLIENTS, ROUNDS = 8, 3
CONTENT = b"%PDF-1.7\n" + bytes(1_048_567)
TYPE = "application/pdf"
PAUSE = 0.02  # seconds between two looks whether a file is published
LIMITS = {"MEDIA_QUOTA": str(10**12)}

Upload = Callable[[int], Awaitable[object]]


def measure(seconds: float = 5.0) -> list[Row]:
    """Return the rows; each figure is measured for `seconds` in each round."""
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-"))
    cluster, s3 = Cluster(folder / "postgres"), Server(folder / "s3")
    cluster.start()
    s3.start()
    try:
        bucket = s3.bucket_url("media", secrets.token_hex(16))
        urls = [create_database(cluster.url(), f"media_{number}", secrets.token_hex(8)) for number in range(ROUNDS)]
        found = [asyncio.run(_round({"DATABASE_URL": url, "BUCKET_URL": bucket}, seconds)) for url in urls]
    finally:
        s3.stop()
        cluster.stop()
        shutil.rmtree(folder)
    puts, published, uploads = zip(*found, strict=True)
    return [
        Row(f"1 MiB straight to the S3 server, {CLIENTS} clients", median(puts), "1/s"),
        Row("1 MiB ordered, PUT and completed", median(uploads), "1/s", median(u / p for p, _, u in found)),
        Row("1 MiB until it is published", median(published), "1/s", median(d / p for p, d, _ in found)),
    ]


async def _round(environ: dict[str, str], seconds: float) -> tuple[float, float, float]:
    logging.disable()
    service = running(create, service=media.service(), environ={**environ, **LIMITS})
    async with service as app, httpx2.AsyncClient(trust_env=False) as browser:
        uploads = Uploads(app, browser, environ["BUCKET_URL"])
        puts, published = await _rate(uploads.put, seconds), await _rate(uploads.publish, seconds)
        return puts, published, await _rate(uploads.upload, seconds)  # last: it leaves files that are to be verified


async def _rate(upload: Upload, seconds: float) -> float:
    """Return how often a second the clients do it, each in turns."""
    began = time.perf_counter()

    async def client(number: int) -> int:
        made = 0
        while time.perf_counter() < began + seconds:
            await upload(number)
            made += 1
        return made

    counts = await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    return sum(counts) / (time.perf_counter() - began)


class Uploads:
    """What a client does."""

    def __init__(self, app: App, browser: httpx2.AsyncClient, bucket: str) -> None:
        self._app = app
        self._browser = browser
        self._bucket = location_of(bucket)

    async def put(self, number: int) -> None:
        """PUT a file straight to the bucket."""
        url = presigned(self._bucket, "PUT", f"raw/{number}-{secrets.token_hex(8)}", seconds=60)
        (await self._browser.put(url, content=CONTENT)).raise_for_status()

    async def upload(self, number: int) -> str:
        """Order, PUT and complete an upload, and return its path."""
        admin = {"user": f"user{number}", "roles": ["admin"]}
        order = {"owner_kind": "organizer", "owner_id": "club", "content_type": TYPE, "size": len(CONTENT)}
        upload = (await self._app.post("/v1/media", json=order, **admin)).raise_for_status().json()
        (await self._browser.put(upload["url"], content=CONTENT, headers=upload["headers"])).raise_for_status()
        path = f"/v1/media/{upload['id']}"
        (await self._app.post(f"{path}/completion", **admin)).raise_for_status()
        return path

    async def publish(self, number: int) -> None:
        """Upload a file, and wait until it is published."""
        path = await self.upload(number)
        while await self._waits(path, f"user{number}"):  # noqa: ASYNC110 - what ends is in the service
            await asyncio.sleep(PAUSE)

    async def _waits(self, path: str, user: str) -> bool:
        shown = (await self._app.get(path, user=user)).raise_for_status().json()
        return bool(shown["status"] == "quarantine")
