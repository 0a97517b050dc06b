"""Library: files from the order of an upload to their deletion. The outbox that verifies and deletes is its own."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg.rows import DictRow

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.outbox import Outbox
from stead.kit.sql import Queries
from stead.kit.user import User
from stead.services.media.contract import Media, MediaState, Upload, UploadOrder
from stead.services.media.inspection import CONTENT_TYPES, PICTURES, RefusedContent, inspect
from stead.services.media.owners import Owners
from stead.services.media.signing import presigned
from stead.services.media.store import Store

QUERIES = Queries.beside(__file__)
LINK_SECONDS = 900
UPLOAD_SECONDS = 900  # the time that a PUT which began in time may take
VERIFY = "verify"
DELETE = "delete"
CLEAR = "clear"


class MediaDue(Struct, frozen=True):
    """A file is to be verified, its objects deleted, or its quarantine cleared."""

    media_id: UUID


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file and one user may have, in bytes; when what was never finished and old proofs are deleted."""

    largest: int
    quota: int
    unfinished_seconds: int
    proof_days: int


class Library:
    """All files."""

    def __init__(self, database: Database, store: Store, owners: Owners, limits: Limits) -> None:
        self._database = database
        self._store = store
        self._owners = owners
        self._limits = limits
        self._decoding = asyncio.Semaphore(1)  # a picture takes some hundred megabytes while it is decoded
        handlers = {
            VERIFY: (MediaDue, self._verify),
            DELETE: (MediaDue, self._delete),
            CLEAR: (MediaDue, self._clear),
        }
        self.outbox = Outbox(database, handlers=handlers)

    async def order(self, order: UploadOrder, user: User) -> Upload:
        """Return where to upload a file, with its exact length signed."""
        if order.content_type not in CONTENT_TYPES:
            detail = f"Send one of {', '.join(sorted(CONTENT_TYPES))}."
            raise HttpProblem(415, "unsupported_content", detail)
        if order.size > self._limits.largest:
            raise HttpProblem(413, "too_large", f"A file may have at most {self._limits.largest} bytes.")
        await self._owners.check(order.owner_kind, order.owner_id, user)
        row = await self._database.run(lambda connection: self._add(connection, order, user.id))
        # The bucket takes an object of this name once: what was uploaded cannot be swapped.
        headers = {"content-length": str(order.size), "content-type": order.content_type, "if-none-match": "*"}
        url = presigned(self._store.outside, "PUT", _quarantine(row["id"]), seconds=LINK_SECONDS, headers=headers)
        return Upload(row["id"], url, headers, LINK_SECONDS)

    async def complete(self, media: UUID, user: User) -> None:
        """Have an uploaded file verified; again, it changes nothing."""

        async def work(connection: Connection) -> None:
            own(await find(connection, media), user)
            await self.outbox.put(connection, VERIFY, MediaDue(media), lock=f"media:{media}")

        await self._database.run(work)

    async def read(self, media: UUID, user: User) -> Media:
        """Return a file to who uploaded it or owns what it belongs to."""
        async with self._database.connection() as connection:
            row = await find(connection, media)
        if row["user_id"] != user.id:
            try:
                await self._owners.check(row["owner_kind"], row["owner_id"], user)
            except HttpProblem:
                raise unknown_media() from None
        return self._media_of(row)

    async def state(self, media: UUID) -> MediaState:
        """Return a file to another service."""
        async with self._database.connection() as connection:
            row = await find(connection, media)
        return MediaState(*(row[name] for name in ("id", "user_id", "owner_kind", "owner_id", "status")))

    async def published(self, owner_kind: str, owner_id: str) -> list[Media]:
        async with self._database.connection() as connection:
            values = {"owner_kind": owner_kind, "owner_id": owner_id}
            rows = await (await connection.execute(QUERIES["published"], values)).fetchall()
        return [self._media_of(row) for row in rows]

    async def delete(self, media: UUID, user: User) -> None:
        async def work(connection: Connection) -> None:
            own(await find(connection, media), user)
            await self._begin_deletion(connection, "begin_deletion", id=media)

        await self._database.run(work)

    async def forget(self, user: str) -> None:
        """Delete all files of a user."""
        await self._database.run(lambda open_: self._begin_deletion(open_, "begin_deletion_of_user", user=user))

    async def sweep(self) -> None:
        """Delete incomplete uploads, old proofs, and quarantined files after their links have expired.

        Until then the upload stays there: it is what makes the bucket refuse another one.
        """
        limits = {"unfinished": self._limits.unfinished_seconds, "proof_days": self._limits.proof_days}
        await self._database.run(lambda open_: self._begin_deletion(open_, "begin_deletion_of_old", **limits))
        seconds = LINK_SECONDS + UPLOAD_SECONDS
        await self._database.run(lambda open_: self._begin(open_, CLEAR, "end_links", seconds=seconds))

    async def _add(self, connection: Connection, order: UploadOrder, user: str) -> DictRow:
        await connection.execute(QUERIES["lock_user"], {"user": user})
        used = await _one(connection, "used", user=user)
        assert used is not None  # a sum always returns a row
        if used["bytes"] + order.size > self._limits.quota:
            raise HttpProblem(429, "quota_exceeded", f"You may keep {self._limits.quota} bytes; delete some files.")
        names = ("owner_kind", "owner_id", "content_type", "size")
        row = await _one(connection, "add", user=user, **{name: getattr(order, name) for name in names})
        assert row is not None
        return row

    async def _begin_deletion(self, connection: Connection, query: str, **values: object) -> None:
        await self._begin(connection, DELETE, query, **values)

    async def _begin(self, connection: Connection, message: str, query: str, **values: object) -> None:
        for row in await (await connection.execute(QUERIES[query], values)).fetchall():
            await self.outbox.put(connection, message, MediaDue(row["id"]), lock=f"media:{row['id']}")

    async def _verify(self, due: MediaDue) -> None:
        """Read the upload once, inspect it, and publish the bytes that were inspected."""
        row = await self._query("media", id=due.media_id)
        if row is None or row["status"] != "quarantine":
            return
        content = await self._store.read(_quarantine(row["id"]), row["size"])
        try:
            content = _complete_upload(content, row["size"])
            async with self._decoding:
                found = await asyncio.to_thread(inspect, content, row["content_type"])
        except RefusedContent as refused:
            await self._query("refuse", id=row["id"], reason=str(refused))
            return
        await self._store.write(_published(row["id"]), found.content, row["content_type"])
        if found.thumbnail:
            await self._store.write(_thumbnail(row["id"]), found.thumbnail, "image/jpeg")
        values = {"content_type": row["content_type"], "width": found.width, "height": found.height}
        await self._query("publish", id=row["id"], size=len(found.content), **values)

    async def _delete(self, due: MediaDue) -> None:
        """Delete the objects first: while one is there, or can be uploaded yet, its row says so."""
        for name in (_quarantine, _published, _thumbnail):
            await self._store.delete(name(due.media_id))
        await self._end_deletion(due)

    async def _clear(self, due: MediaDue) -> None:
        """Delete what was uploaded, now that no link is good any more."""
        await self._store.delete(_quarantine(due.media_id))
        await self._end_deletion(due)

    async def _end_deletion(self, due: MediaDue) -> None:
        async with self._database.connection() as connection:
            await connection.execute(QUERIES["end_deletion"], {"id": due.media_id})

    async def _query(self, query: str, **values: object) -> DictRow | None:
        async with self._database.connection() as connection:
            return await _one(connection, query, **values)

    def _media_of(self, row: DictRow) -> Media:
        names = ("id", "owner_kind", "owner_id", "content_type", "size", "status", "created_at", "reason")
        links: dict[str, Any] = dict(self._links(row)) if row["status"] == "published" else {}
        return Media(**{name: row[name] for name in (*names, "width", "height")}, **links)

    def _links(self, row: DictRow) -> dict[str, str]:
        """Return links for 15 minutes; only pictures are displayed inline."""
        picture = row["content_type"] in PICTURES
        query = {"response-content-type": row["content_type"]}
        query |= {} if picture else {"response-content-disposition": "attachment"}
        at = self._store.outside
        links = {"url": presigned(at, "GET", _published(row["id"]), seconds=LINK_SECONDS, query=query)}
        if picture:
            links["thumbnail"] = presigned(at, "GET", _thumbnail(row["id"]), seconds=LINK_SECONDS)
        return links


def _complete_upload(content: bytes | None, size: int) -> bytes:
    if content is None or len(content) != size:
        raise RefusedContent("nothing was uploaded, or not as many bytes as announced")
    return content


async def find(connection: Connection, media: UUID) -> DictRow:
    row = await _one(connection, "media", id=media)
    if row is None:
        raise unknown_media()
    return row


async def _one(connection: Connection, query: str, **values: object) -> DictRow | None:
    return await (await connection.execute(QUERIES[query], values)).fetchone()


def own(row: DictRow, user: User) -> None:
    """Refuse another user's file with 404, as one that does not exist."""
    if row["user_id"] != user.id and "admin" not in user.roles:
        raise unknown_media()


def unknown_media() -> HttpProblem:
    return HttpProblem(404, "unknown_media", "No such file.")


def _quarantine(media: UUID) -> str:
    return f"quarantine/{media}"


def _published(media: UUID) -> str:
    return f"published/{media}"


def _thumbnail(media: UUID) -> str:
    return f"thumbnails/{media}"
