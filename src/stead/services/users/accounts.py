"""Accounts: registered, verified, signed in, recovered, changed and deleted."""

from uuid import uuid4

from psycopg.rows import DictRow

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.sql import Queries
from stead.kit.user import User
from stead.services.sessions.contract import NewSession, SessionsClient
from stead.services.users import rules
from stead.services.users.contract import Account, ProfileDraft, Recovery, SignedIn, SignIn, SignUp
from stead.services.users.messages import Messages
from stead.services.users.passwords import Passwords

QUERIES = Queries.beside(__file__)
LINK_SECONDS = 900
WINDOW_SECONDS = 900


class Accounts:
    """All accounts. `admins` are the addresses whose owners become admins once verified."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: SessionsClient,
        messages: Messages,
        *,
        admins: frozenset[str],
        tries: int,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._messages = messages
        self._admins = admins
        self._tries = tries

    async def sign_up(self, draft: SignUp) -> None:
        """Register, or remind a registered user: the response and its cost are the same."""
        email = rules.normalized(draft.email)
        if why := rules.weak(draft.password, email):
            raise HttpProblem(422, "weak_password", f"Choose another password: {why}.")
        await self._limit("sign-up", email)
        password = await self._passwords.hash(draft.password)
        values = {"email": email, "password": password, "name": draft.name, "locale": draft.locale}

        async def work(connection: Connection) -> None:
            row = await _one(connection, "add_account", id=rules.new_id(), **values)
            row = row or await _one(connection, "replace_unverified", **values)
            if row is not None:
                await _note(connection, row["id"], row["id"], "registered")
                await self._send_link(connection, row, "sign_in_link")
            elif row := await _one(connection, "account_by_email", email=email):
                await self._send_link(connection, row, "account_exists")

        await self._database.run(work)

    async def send_link(self, address: str) -> None:
        """Send a sign-in link if there is an account; the response is the same in both cases."""
        email = rules.normalized(address)
        await self._limit("link", email)

        async def work(connection: Connection) -> None:
            if row := await _one(connection, "account_by_email", email=email):
                await self._send_link(connection, row, "sign_in_link")

        await self._database.run(work)

    async def sign_in(self, shown: SignIn, key: str | None) -> SignedIn:
        """Return a session for an address and its password."""
        email = rules.normalized(shown.email)
        await self._limit("sign-in", email)
        async with self._database.connection() as connection:
            row = await _one(connection, "account_by_email", email=email)
        right = await self._passwords.verify(shown.password, row["password"] if row else None)
        if row is None or not right or not row["verified"]:
            raise invalid_credentials()
        return await self._begin(row, "password", shown.device, key)

    async def follow_link(self, token: str, key: str | None) -> SignedIn:
        """Return a session for a sign-in link; it works once, and verifies the address."""

        async def work(connection: Connection) -> DictRow:
            challenge = await _one(connection, "use_link", digest=rules.digest(token), key=key)
            if challenge is None:
                raise invalid_credentials()
            account = await _row(connection, "account", id=challenge["user_id"])
            row = await _row(connection, "verify_email", id=account["id"], admin=account["email"] in self._admins)
            await _note(connection, row["id"], row["id"], "followed_link")
            await self._messages.contact(connection, row)
            return row

        return await self._begin(await self._database.run(work), "link", None, key)

    async def by_telegram(self, telegram: str, name: str, key: str | None) -> SignedIn:
        """Return a session for a user with a verified Telegram credential."""
        async with self._database.connection() as connection:
            row = await _row(connection, "ensure_telegram", id=rules.new_id(), telegram=telegram, name=name[:100])
        return await self._begin(row, "telegram", None, key)

    async def send_code(self, address: str) -> None:
        """Send a recovery code if there is an account; the response is the same in both cases."""
        email = rules.normalized(address)
        await self._limit("recovery", email)

        async def work(connection: Connection) -> None:
            row = await _one(connection, "account_by_email", email=email)
            if row is None or not row["verified"]:
                return
            code = rules.new_code()
            await connection.execute(QUERIES["drop_challenges"], {"user": row["id"], "kind": "recovery"})
            values = {"kind": "recovery", "digest": rules.code_digest(row["id"], code), "seconds": LINK_SECONDS}
            made = await _row(connection, "add_challenge", user=row["id"], **values)
            await self._messages.code(connection, row, str(made["id"]), code)

        await self._database.run(work)

    async def recover(self, recovery: Recovery) -> None:
        """Set a new password by a code: it works once, for five guesses, and ends every session."""
        email = rules.normalized(recovery.email)
        if why := rules.weak(recovery.password, email):
            raise HttpProblem(422, "weak_password", f"Choose another password: {why}.")
        async with self._database.connection() as connection:  # the attempt counts, whatever follows
            row = await _one(connection, "account_by_email", email=email)
            challenge = await _one(connection, "try_code", user=row["id"]) if row else None
        if row is None or challenge is None or challenge["digest"] != rules.code_digest(row["id"], recovery.code):
            raise invalid_credentials()
        password = await self._passwords.hash(recovery.password)

        async def work(connection: Connection) -> None:
            if await _one(connection, "use_code", id=challenge["id"]) is None:
                raise invalid_credentials()
            await self._set_password(connection, row["id"], password, "recovered")

        await self._database.run(work)

    async def change_password(self, user: User, current: str, new: str) -> None:
        """Set a new password with the current one; it ends every session."""
        async with self._database.connection() as connection:
            row = await find(connection, user.id)
        await self._limit("password", user.id)
        if not await self._passwords.verify(current, row["password"]):
            raise invalid_credentials()
        if why := rules.weak(new, row["email"] or ""):
            raise HttpProblem(422, "weak_password", f"Choose another password: {why}.")
        password = await self._passwords.hash(new)
        await self._database.run(lambda open_: self._set_password(open_, user.id, password, "changed_password"))

    async def change_profile(self, user: str, draft: ProfileDraft) -> Account:
        async def work(connection: Connection) -> DictRow:
            values = {"name": draft.name, "phone": draft.phone, "locale": draft.locale}
            row = await _one(connection, "change_profile", id=user, **values)
            if row is None:
                raise unknown_user()
            await self._messages.contact(connection, row)
            return row

        return account_of(await self._database.run(work))

    async def set_roles(self, user: str, roles: list[str], admin: User) -> Account:
        """Give a user these roles and end their sessions; an admin does not take the role from themselves."""
        if user == admin.id and "admin" not in roles:
            raise HttpProblem(409, "last_admin", "You cannot remove this role from yourself; another admin can.")

        async def work(connection: Connection) -> DictRow:
            row = await _one(connection, "set_roles", id=user, roles=sorted(set(roles)))
            if row is None:
                raise unknown_user()
            await _note(connection, user, admin.id, f"roles: {' '.join(row['roles'])}")
            await self._messages.end_sessions(connection, user)
            return row

        return account_of(await self._database.run(work))

    async def delete(self, user: str) -> None:
        """Delete an account, end its sessions, and send each service a request to delete its data."""

        async def work(connection: Connection) -> None:
            await find(connection, user)
            await connection.execute(QUERIES["delete_account"], {"id": user})
            await _note(connection, user, user, "deleted")
            await self._messages.end_sessions(connection, user)
            await self._messages.forget(connection, user)

        await self._database.run(work)

    async def _begin(self, row: DictRow, method: str, device: str | None, key: str | None) -> SignedIn:
        new = NewSession(row["id"], method, tuple(row["roles"]), device)
        issued = await self._sessions.create(new, key=f"{row['id']}:{key or uuid4().hex}"[:255])
        access = await self._sessions.exchange(issued.session)
        return SignedIn(row["id"], issued.session, access.access_token, access.expires_at)

    async def _set_password(self, connection: Connection, user: str, password: str, action: str) -> None:
        await connection.execute(QUERIES["set_password"], {"id": user, "password": password})
        await _note(connection, user, user, action)
        await self._messages.end_sessions(connection, user)

    async def _send_link(self, connection: Connection, row: DictRow, kind: str) -> None:
        token = rules.new_token()
        values = {"kind": "link", "digest": rules.digest(token), "seconds": LINK_SECONDS}
        made = await _row(connection, "add_challenge", user=row["id"], **values)
        await self._messages.link(connection, row, kind, str(made["id"]), token)

    async def _limit(self, what: str, subject: str) -> None:
        """Refuse with 429 more tries on one address than there may be, whether it has an account or not."""
        values = {"subject": rules.digest(f"{what}\n{subject}")}
        async with self._database.connection() as connection:
            row = await _row(connection, "attempts", seconds=WINDOW_SECONDS, **values)
            if row["count"] >= self._tries:
                wait = {"Retry-After": str(WINDOW_SECONDS)}
                raise HttpProblem(429, "too_many_tries", "Too many attempts; wait 15 minutes.", headers=wait)
            await connection.execute(QUERIES["add_attempt"], values)


async def find(connection: Connection, user: str) -> DictRow:
    row = await _one(connection, "account", id=user)
    if row is None:
        raise unknown_user()
    return row


async def _one(connection: Connection, query: str, **values: object) -> DictRow | None:
    return await (await connection.execute(QUERIES[query], values)).fetchone()


async def _row(connection: Connection, query: str, **values: object) -> DictRow:
    row = await _one(connection, query, **values)
    assert row is not None  # the statement returns a row whenever it succeeds
    return row


async def _note(connection: Connection, user: str, actor: str, action: str) -> None:
    await connection.execute(QUERIES["note"], {"user": user, "actor": actor, "action": action})


def invalid_credentials() -> HttpProblem:
    """Return the 401 for credentials, which never names the failed check."""
    return HttpProblem(401, "credentials_invalid", "The credentials are invalid.")


def unknown_user() -> HttpProblem:
    return HttpProblem(404, "unknown_user", "No such user.")


def account_of(row: DictRow) -> Account:
    names = ("id", "email", "telegram", "name", "phone", "locale", "roles", "verified", "created_at")
    return Account(*(row[name] for name in names))
