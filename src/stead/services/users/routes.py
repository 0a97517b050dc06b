"""Users: registration, sign-in, recovery, one's own profile, and what admins do."""

from typing import Annotated, TypeVar

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.service_client import CallRefused
from stead.kit.user import User
from stead.model.user_id import is_user_id
from stead.services.auth.contract import AuthClient
from stead.services.sessions.contract import Invalidation, SessionsClient
from stead.services.users.accounts import QUERIES, Accounts, account_of, find, invalid_credentials
from stead.services.users.contract import (
    Account,
    Address,
    AuditEntries,
    AuditEntry,
    Deletion,
    Export,
    Holder,
    Link,
    PasswordChange,
    ProfileDraft,
    Recovery,
    Roles,
    SignedIn,
    SignIn,
    SignUp,
    TelegramSignIn,
)
from stead.services.users.contract import Accounts as AccountPage

T = TypeVar("T", bound=Struct)
Limit = Annotated[int, QueryParameter(ge=1, le=100)]
After = Annotated[
    str | None, QueryParameter(max_length=64, pattern=r"^[a-z0-9_]+$", description="`next` of the page before.")
]
NO_STORE = {"Cache-Control": "no-store"}


@post("/v1/sign-up", status_code=202)
async def sign_up(data: JSONBody[SignUp], accounts: Accounts) -> None:
    """Register; a link is sent to the address, whether it is registered or not."""
    await accounts.sign_up(data)


@post("/v1/sign-in", status_code=200)
async def sign_in(data: JSONBody[SignIn], attempt: IdempotencyKey, accounts: Accounts) -> Response[SignedIn]:
    """Sign in by address and password."""
    return _secret(await accounts.sign_in(data, attempt.key))


@post("/v1/sign-in/links", status_code=202)
async def send_link(data: JSONBody[Address], accounts: Accounts) -> None:
    """Send a sign-in link to an address that is registered."""
    await accounts.send_link(data.email)


@post("/v1/sign-in/link", status_code=200)
async def follow_link(data: JSONBody[Link], attempt: IdempotencyKey, accounts: Accounts) -> Response[SignedIn]:
    """Sign in by a link that was sent; it works once."""
    return _secret(await accounts.follow_link(data.token, attempt.key))


@post("/v1/sign-in/telegram", status_code=200)
async def by_telegram(
    data: JSONBody[TelegramSignIn], attempt: IdempotencyKey, accounts: Accounts, auth: AuthClient | None
) -> Response[SignedIn]:
    """Sign in by a Mini App's initData."""
    if auth is None:
        raise HttpProblem(409, "method_unavailable", "Sign-in by Telegram is not configured.")
    try:
        verified = await auth.verify_init_data(data.init_data, key=attempt.key)
    except CallRefused as refused:
        raise (invalid_credentials() if refused.status in (401, 422) else refused) from None
    return _secret(await accounts.by_telegram(verified.user_id, verified.name or "", attempt.key))


@post("/v1/recovery", status_code=202)
async def recovery(data: JSONBody[Address], accounts: Accounts) -> None:
    """Send a recovery code to an address that is registered."""
    await accounts.send_code(data.email)


@post("/v1/recovery/password", status_code=204)
async def recover(data: JSONBody[Recovery], accounts: Accounts) -> None:
    """Set a new password by a recovery code; every session ends."""
    await accounts.recover(data)


@post("/v1/sign-out", status_code=204)
async def sign_out(user: User, sessions: SessionsClient) -> None:
    """End this session."""
    if user.session:
        await sessions.invalidate(Invalidation(id=user.session))


@get("/v1/profile")
async def profile(user: User, database: Database) -> Account:
    """Return my account."""
    async with database.connection() as connection:
        return account_of(await find(connection, user.id))


@put("/v1/profile")
async def put_profile(data: JSONBody[ProfileDraft], user: User, accounts: Accounts) -> Account:
    """Return my account."""
    return await accounts.change_profile(user.id, data)


@put("/v1/profile/password", status_code=204)
async def change_password(data: JSONBody[PasswordChange], user: User, accounts: Accounts) -> None:
    """Change my password; every session ends."""
    await accounts.change_password(user, data.current, data.password)


@get("/v1/profile/export")
async def export(user: User, database: Database) -> Export:
    """Return all that this service holds of me."""
    async with database.connection() as connection:
        account = account_of(await find(connection, user.id))
    return Export(account, (await _audit(database, user.id)).entries)


@delete("/v1/profile")
async def delete_account(user: User, accounts: Accounts) -> None:
    """Delete my account; each service deletes my data."""
    await accounts.delete(user.id)


@get("/v1/accounts")
async def list_accounts(database: Database, limit: Limit = 20, after: After = None) -> AccountPage:
    """List accounts by id."""
    async with database.connection() as connection:
        rows = await (
            await connection.execute(QUERIES["accounts"], {"after": after or "", "limit": limit + 1})
        ).fetchall()
    return AccountPage([account_of(row) for row in rows[:limit]], rows[limit - 1]["id"] if len(rows) > limit else None)


@put("/v1/accounts/{user_id:str}/roles")
async def set_roles(user_id: FromPath[str], data: JSONBody[Roles], user: User, accounts: Accounts) -> Account:
    """Give a user roles; their sessions end."""
    return await accounts.set_roles(_user(user_id), [*data.roles], user)


@get("/v1/accounts/{user_id:str}/audit")
async def audit(user_id: FromPath[str], database: Database) -> AuditEntries:
    """List the history of an account."""
    return await _audit(database, _user(user_id))


@get("/v1/accounts/{user_id:str}/deletion")
async def deletion(user_id: FromPath[str], database: Database) -> Deletion:
    """List which services have deleted a user's data."""
    async with database.connection() as connection:
        rows = await (await connection.execute(QUERIES["deletions"], {"user": _user(user_id)})).fetchall()
    return Deletion([Holder(row["holder"], row["asked_at"], row["done_at"]) for row in rows])


def _user(user_id: str) -> str:
    """Return what can be a user's id; HttpProblem 422 for anything else."""
    if not is_user_id(user_id):
        raise HttpProblem(422, "invalid_parameter", "The user id is malformed.")
    return user_id


async def _audit(database: Database, user: str) -> AuditEntries:
    async with database.connection() as connection:
        rows = await (await connection.execute(QUERIES["audit"], {"user": user, "after": 0})).fetchall()
    return AuditEntries([AuditEntry(row["actor"], row["action"], row["at"]) for row in rows])


def _secret(body: T) -> Response[T]:
    return Response(body, headers=NO_STORE)


SIGN_IN = (sign_up, sign_in, send_link, follow_link, by_telegram, recovery, recover, sign_out)
PROFILE = (profile, put_profile, change_password, export, delete_account)
ADMINS = (list_accounts, set_roles, audit, deletion)
HANDLERS = (*SIGN_IN, *PROFILE, *ADMINS)
