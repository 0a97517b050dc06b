"""What the architecture repository answers about search, history, and files that come in and go out."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from arch_repo.contract import Change, Found, History, ImportReport, SearchResult
from arch_repo.drawio import read_drawing
from arch_repo.element_routes import TENANT, Limit
from arch_repo.exchange import read_exchange, write_exchange
from arch_repo.imports import export_model, import_model
from arch_repo.model import Model, ModelError
from arch_repo.records import every
from arch_repo.repository import Repository
from stead.kit.database import Connection
from stead.kit.http_problem import JSON, HttpProblem
from stead.kit.idempotency import Answer
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User

Words = Annotated[str, QueryParameter(min_length=1, max_length=200, pattern=r"^[^\x00]+(?![\s\S])")]
Name = Annotated[str, QueryParameter(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+(?![\s\S])")]
MOST_FAULTS = 100  # that one answer names


@get(f"{TENANT}/history/{{record_id:uuid}}")
async def history(
    tenant_id: FromPath[UUID], record_id: FromPath[UUID], user: User, repository: Repository, limit: Limit = 50
) -> History:
    """List what was done to a record, the newest first; also of one that was deleted."""
    async with repository.reading(tenant_id, user) as connection:
        rows = await every(connection, "history", tenant=tenant_id, id=record_id, limit=limit)
    return History([Change(**row) for row in rows])


@get(f"{TENANT}/search")
async def search(
    tenant_id: FromPath[UUID], user: User, repository: Repository, words: Words, limit: Limit = 50
) -> SearchResult:
    """Find elements and solutions by code or by words."""
    async with repository.reading(tenant_id, user) as connection:
        rows = await every(connection, "search", tenant=tenant_id, words=words, limit=limit)
    return SearchResult([Found(row["entity"], row["id"], row["code"], row["name"]) for row in rows])


@get(f"{TENANT}/exchange")
async def exported(
    tenant_id: FromPath[UUID], user: User, repository: Repository, name: Name = "Archpad"
) -> Response[bytes]:
    """Return the tenant's model as an ArchiMate exchange file."""
    async with repository.reading(tenant_id, user) as connection:
        model = await export_model(connection, tenant_id)
    return Response(write_exchange(name, model).encode(), media_type="application/xml")


@post(f"{TENANT}/exchange", status_code=200)
async def imported(
    tenant_id: FromPath[UUID], body: bytes, user: User, attempt: IdempotencyKey, repository: Repository
) -> Response[ImportReport]:
    """Import an ArchiMate exchange file: all of it, or nothing when something in it is wrong."""
    try:
        return await _import(tenant_id, read_exchange(body), user, attempt, repository)
    except ModelError as error:
        raise invalid_model(error) from None


@post(f"{TENANT}/drawings", status_code=200)
async def drawn(
    tenant_id: FromPath[UUID], body: bytes, user: User, attempt: IdempotencyKey, repository: Repository
) -> Response[ImportReport]:
    """Import the ArchiMate shapes of a draw.io file; what is skipped is named in the answer."""
    try:
        return await _import(tenant_id, read_drawing(body), user, attempt, repository)
    except ModelError as error:
        raise invalid_model(error) from None


async def _import(
    tenant_id: UUID, model: Model, user: User, attempt: IdempotencyKey, repository: Repository
) -> Response[Any]:
    async def work(connection: Connection) -> Answer:
        return Answer(200, await import_model(connection, tenant_id, model))

    return await repository.write(tenant_id, user, attempt, work)


def invalid_model(error: ModelError) -> HttpProblem:
    """Return the refusal that names each fault with its place in the file."""
    count = len(error.faults)
    detail = f"{count} {'fault' if count == 1 else 'faults'}; nothing was imported. Mend the file and send it again."
    errors: list[JSON] = [{"path": fault.place, "message": fault.message} for fault in error.faults[:MOST_FAULTS]]
    return HttpProblem(422, "invalid_model", detail, errors=errors)


EXCHANGE_HANDLERS = (history, search, exported, imported, drawn)
