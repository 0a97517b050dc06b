"""The peer of bench (b): a proxy in Python, as small as it can be and still verify who asks.

`CLIENT` says with which client it asks the origin: httpx2, which the product itself uses, or aiohttp, which is quicker.
"""

import json
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

import jwt

Ask = Callable[[str, str, dict[str, str], bytes], Awaitable[tuple[int, bytes]]]

ORIGIN = os.environ["ORIGIN"]
ISSUER = os.environ["ISSUER"]
KEYS = {key["kid"]: jwt.PyJWK(key).key for key in json.loads(os.environ["KEYS"])["keys"]}
PASSED = (b"accept", b"content-type", b"traceparent")

verified: dict[str, tuple[float, dict[str, str]]] = {}


def user_of(authorization: str) -> dict[str, str]:
    expires, headers = verified.get(authorization, (0.0, {}))
    if time.time() < expires:
        return headers
    token = authorization.removeprefix("Bearer ")
    key = KEYS[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, ["RS256"], issuer=ISSUER, options={"require": ["exp", "sub", "sid"]}, leeway=5)
    headers = {"x-user-id": claims["sub"], "x-session-id": claims["sid"]}
    verified[authorization] = (claims["exp"], headers)
    return headers


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    if scope["type"] != "http":
        return
    asked = dict(scope["headers"])
    try:
        user = user_of(asked.get(b"authorization", b"").decode())
    except (jwt.PyJWTError, KeyError, UnicodeDecodeError):
        await answer(send, 401, b"{}")
        return
    headers = {name.decode(): asked[name].decode() for name in PASSED if name in asked} | user
    await answer(send, *await ask(scope["method"], ORIGIN + scope["path"], headers, await body(receive)))


def by_httpx2() -> Ask:
    import httpx2

    client = httpx2.AsyncClient(limits=httpx2.Limits(max_connections=256, max_keepalive_connections=256))

    async def send_on(method: str, url: str, headers: dict[str, str], content: bytes) -> tuple[int, bytes]:
        got = await client.request(method, url, headers=headers, content=content)
        return got.status_code, got.content

    return send_on


def by_aiohttp() -> Ask:
    import aiohttp

    sessions: list[aiohttp.ClientSession] = []  # made in the loop that it belongs to

    async def send_on(method: str, url: str, headers: dict[str, str], content: bytes) -> tuple[int, bytes]:
        if not sessions:
            sessions.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=256)))
        async with sessions[0].request(method, url, headers=headers, data=content or None) as got:
            return got.status, await got.read()

    return send_on


async def body(receive: Callable[[], Awaitable[dict[str, Any]]]) -> bytes:
    found = b""
    while True:
        message = await receive()
        found += message.get("body", b"")
        if not message.get("more_body"):
            return found


async def answer(send: Callable[[dict[str, Any]], Awaitable[None]], status: int, content: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


ask = {"httpx2": by_httpx2, "aiohttp": by_aiohttp}[os.environ["CLIENT"]]()
