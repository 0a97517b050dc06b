"""Media: uploads, files and galleries."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody, PathParameter

from stead.kit.http_problem import HttpProblem
from stead.kit.user import User
from stead.model.user_id import is_user_id
from stead.services.media.contract import Gallery, Media, MediaPage, MediaState, Upload, UploadOrder
from stead.services.media.library import Library

OwnerOf = Annotated[str, PathParameter(pattern=r"^[a-z0-9-]+$", max_length=100)]
PRIVATE = {"Cache-Control": "no-store"}


@post("/v1/media")
async def order(data: JSONBody[UploadOrder], user: User, library: Library) -> Response[Upload]:
    """Create an upload: the response has the signed URL for a PUT of the exact length."""
    return Response(await library.order(data, user), headers=PRIVATE)


@post("/v1/media/{media_id:uuid}/completion", status_code=202)
async def complete(media_id: FromPath[UUID], user: User, library: Library) -> None:
    """Complete an upload; the file is verified before it is published."""
    await library.complete(media_id, user)


@get("/v1/media/{media_id:uuid}")
async def media(media_id: FromPath[UUID], user: User, library: Library) -> Response[Media]:
    """Return a file, with links that are good for 15 minutes."""
    return Response(await library.read(media_id, user), headers=PRIVATE)


@delete("/v1/media/{media_id:uuid}")
async def remove(media_id: FromPath[UUID], user: User, library: Library) -> None:
    """Delete a file, in the bucket as well."""
    await library.delete(media_id, user)


@get("/v1/galleries/{owner_kind:str}/{owner_id:str}")
async def gallery(owner_kind: FromPath[Gallery], owner_id: OwnerOf, library: Library) -> MediaPage:
    """List the published files of an event or an organizer."""
    return MediaPage(await library.published(owner_kind, owner_id))


@get("/v1/internal/media/{media_id:uuid}")
async def media_state(media_id: FromPath[UUID], library: Library) -> MediaState:
    """Return a file to another service."""
    return await library.state(media_id)


@delete("/v1/internal/media-users/{user_id:str}")
async def forget(user_id: FromPath[str], library: Library) -> None:
    """Delete all files of a user."""
    if not is_user_id(user_id):
        raise HttpProblem(422, "invalid_parameter", "The user id is malformed.")
    await library.forget(user_id)


HANDLERS = (order, complete, media, remove, gallery, media_state, forget)
