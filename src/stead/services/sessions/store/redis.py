"""Sessions in Redis: each step is a Lua script, so it happens at once or not at all."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from stead.kit.redis import Redis, Script
from stead.services.sessions.contract import Session
from stead.services.sessions.rules import Limits, SessionState
from stead.services.sessions.store.port import CLAIM_HOURS, MOST_LISTED, Fresh, Replayed

SCRIPTS = Path(__file__).with_name("scripts")


def _script(name: str) -> Script:
    return Script("\n".join((SCRIPTS / f"{part}.lua").read_text() for part in ("prelude", name)))


class RedisStore:
    """The store in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        names = ("create", "find", "extend", "rotate", "owner", "end", "end_all", "of_user")
        self._scripts = {name: _script(name) for name in names}

    async def now(self) -> datetime:
        seconds, microseconds = await self._redis.execute("TIME")
        return datetime.fromtimestamp(int(seconds), UTC) + timedelta(milliseconds=int(microseconds) // 1000)

    async def create(self, fresh: Fresh, limits: Limits) -> Session | Replayed:
        user, claim = fresh.user, fresh.claim
        who = (user.user_id, user.method, " ".join(user.roles), user.device or "")
        ends = (_milliseconds(limits.idle), _milliseconds(limits.absolute))
        claimed = (claim.key.hex(), claim.body.hex()) if claim else ("", "")
        hours = _milliseconds(timedelta(hours=CLAIM_HOURS))
        words = (fresh.id, fresh.digest.hex(), *who, *ends, fresh.nonce.hex(), *claimed, hours)
        how, *answer = await self._run("create", *words)
        return _session(answer[0]) if how == b"made" else _replayed(answer)

    async def find(self, digests: Sequence[bytes]) -> Mapping[bytes, SessionState]:
        answer = await self._run("find", *(digest.hex() for digest in digests))
        if answer is None:
            return {}
        now, found = _decode_all(answer)
        moment = _moment(now)
        return {bytes.fromhex(row[0]): _found(row, moment) for row in found}

    async def extend(self, session_id: str, idle: timedelta) -> Session | None:
        return _maybe(await self._run("extend", session_id, _milliseconds(idle)))

    async def rotate(
        self, session_id: str, digest: bytes, successor: bytes, nonce: bytes, limits: Limits
    ) -> Session | None:
        words = (session_id, digest.hex(), successor.hex(), nonce.hex(), _milliseconds(limits.idle))
        return _maybe(await self._run("rotate", *words))

    async def owner(self, session_id: str) -> str | None:
        found = await self._run("owner", session_id)
        return found.decode() if found else None

    async def end(self, session_id: str, user_id: str | None = None) -> bool:
        return bool(await self._run("end", session_id, user_id or ""))

    async def end_all(self, user_id: str, keep: str | None = None) -> None:
        await self._run("end_all", user_id, keep or "")

    async def of_user(self, user_id: str) -> Sequence[Session]:
        return [_session(row) for row in await self._run("of_user", user_id, MOST_LISTED)]

    async def _run(self, name: str, *words: Any) -> Any:
        return await self._redis.run(self._scripts[name], words)


class _Facts(msgspec.Struct, array_like=True):
    """What `facts` in the scripts tells of a session."""

    id: str
    user: str
    method: str
    roles: str
    device: str | bool  # false: there is none
    created: str
    used: str
    expires: str
    idle: str

    def session(self) -> Session:
        device = self.device if isinstance(self.device, str) else None
        times = (_moment(time) for time in (self.created, self.used, self.expires, self.idle))
        return Session(self.id, self.user, self.method, tuple(self.roles.split()), device, *times)


_Row = tuple[str, _Facts, str, str | bool, str, str, str]
_decode_one = msgspec.json.Decoder(_Facts).decode
_decode_all = msgspec.json.Decoder(tuple[str, list[_Row]]).decode


def _found(row: _Row, now: datetime) -> SessionState:
    _, facts, epoch, user_epoch, ended, retired, nonce = row
    return SessionState(
        session=facts.session(),
        epoch=int(epoch),
        user_epoch=int(user_epoch) if user_epoch else None,
        ended=bool(ended),
        now=now,
        retired_at=_moment(retired) if retired else None,
        nonce=bytes.fromhex(nonce),
    )


def _maybe(answer: bytes | None) -> Session | None:
    return _session(answer) if answer else None


def _session(answer: bytes) -> Session:
    return _decode_one(answer).session()


def _replayed(row: Sequence[bytes]) -> Replayed:
    body, nonce, name, expires, idle = (each.decode() for each in row)
    return Replayed(bytes.fromhex(body), bytes.fromhex(nonce), name, _moment(expires), _moment(idle))


def _moment(milliseconds: str) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)
