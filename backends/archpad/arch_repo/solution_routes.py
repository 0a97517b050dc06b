"""What the architecture repository answers about solutions and directories."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody, PathParameter

from arch_repo import solutions as store
from arch_repo.archimate import DIRECTORIES
from arch_repo.contract import Entries, Entry, EntryDraft, Solution, SolutionDraft, Solutions
from arch_repo.element_routes import TENANT, After, Limit
from arch_repo.repository import Repository
from stead.kit.database import Connection
from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency import Answer
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from tenancy.revision import IfMatch

Code = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9._-]{1,64}(?![\s\S])")]


@get(f"{TENANT}/solutions")
async def solutions(
    tenant_id: FromPath[UUID],
    user: User,
    repository: Repository,
    after: After = None,
    limit: Limit = 50,
) -> Solutions:
    """List solutions."""
    async with repository.reading(tenant_id, user) as connection:
        return await store.solutions(connection, tenant_id, after, limit)


@post(f"{TENANT}/solutions")
async def make_solution(
    tenant_id: FromPath[UUID],
    data: JSONBody[SolutionDraft],
    user: User,
    attempt: IdempotencyKey,
    repository: Repository,
) -> Response[Solution]:
    """Add a solution."""

    async def work(connection: Connection) -> Answer:
        made = await store.make_solution(connection, tenant_id, data)
        return Answer(201, made, {"ETag": made.etag})

    return await repository.write(tenant_id, user, attempt, work)


@get(f"{TENANT}/solutions/{{record_id:uuid}}")
async def solution(
    tenant_id: FromPath[UUID], record_id: FromPath[UUID], user: User, repository: Repository
) -> Response[Solution]:
    """Return a solution."""
    async with repository.reading(tenant_id, user) as connection:
        found = await store.solution(connection, tenant_id, record_id)
    return Response(found, headers={"ETag": found.etag})


@put(f"{TENANT}/solutions/{{record_id:uuid}}")
async def replace_solution(
    tenant_id: FromPath[UUID],
    record_id: FromPath[UUID],
    data: JSONBody[SolutionDraft],
    user: User,
    attempt: IdempotencyKey,
    repository: Repository,
    if_match: IfMatch = None,
) -> Response[Solution]:
    """Replace a solution, as the one that If-Match names."""

    async def work(connection: Connection) -> Answer:
        found = await store.replace_solution(connection, tenant_id, record_id, data, if_match)
        return Answer(200, found, {"ETag": found.etag})

    return await repository.write(tenant_id, user, attempt, work)


@delete(f"{TENANT}/solutions/{{record_id:uuid}}")
async def delete_solution(
    tenant_id: FromPath[UUID],
    record_id: FromPath[UUID],
    user: User,
    attempt: IdempotencyKey,
    repository: Repository,
    if_match: IfMatch = None,
) -> None:
    """Delete a solution, as the one that If-Match names."""

    async def work(connection: Connection) -> Answer:
        await store.delete_solution(connection, tenant_id, record_id, if_match)
        return Answer(204)

    return await repository.write(tenant_id, user, attempt, work)  # type: ignore[return-value]


@get(f"{TENANT}/directories/{{directory:str}}")
async def entries(tenant_id: FromPath[UUID], directory: FromPath[str], user: User, repository: Repository) -> Entries:
    """List a directory."""
    check_directory(directory)
    async with repository.reading(tenant_id, user) as connection:
        return await store.entries(connection, tenant_id, directory)


@put(f"{TENANT}/directories/{{directory:str}}/{{code:str}}")
async def put_entry(
    tenant_id: FromPath[UUID],
    directory: FromPath[str],
    code: Code,
    data: JSONBody[EntryDraft],
    user: User,
    attempt: IdempotencyKey,
    repository: Repository,
    if_match: IfMatch = None,
) -> Response[Entry]:
    """Write an entry; in place of one that is there, as the one that If-Match names."""
    check_directory(directory)

    async def work(connection: Connection) -> Answer:
        found = await store.put_entry(connection, tenant_id, directory, code, data, if_match)
        return Answer(200, found, {"ETag": found.etag})

    return await repository.write(tenant_id, user, attempt, work, "admin")


@delete(f"{TENANT}/directories/{{directory:str}}/{{code:str}}")
async def delete_entry(
    tenant_id: FromPath[UUID],
    directory: FromPath[str],
    code: Code,
    user: User,
    attempt: IdempotencyKey,
    repository: Repository,
    if_match: IfMatch = None,
) -> None:
    """Delete an entry, as the one that If-Match names."""
    check_directory(directory)

    async def work(connection: Connection) -> Answer:
        await store.delete_entry(connection, tenant_id, directory, code, if_match)
        return Answer(204)

    return await repository.write(tenant_id, user, attempt, work, "admin")  # type: ignore[return-value]


def check_directory(name: str) -> None:
    if name not in DIRECTORIES:
        raise HttpProblem(404, "unknown_directory", f"There are {', '.join(DIRECTORIES)}.")


SOLUTION_HANDLERS = (
    solutions,
    make_solution,
    solution,
    replace_solution,
    delete_solution,
    entries,
    put_entry,
    delete_entry,
)
