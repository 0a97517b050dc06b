"""The typed client, over a real connection."""

from stead.kit.caller import Credentials
from stead.kit.service_client import ServiceClient
from stead.services.tokens.app import create
from stead.services.tokens.contract import Introspection, TokensClient
from stead.testing.loopback import listening


async def test_a_caller_learns_what_a_token_stands_for(tokens):
    made = []

    def capture():
        made.append(create())
        return made[0]

    async with tokens(capture) as app, listening(made[0]) as url:
        wanted = {"name": "script", "scopes": ["points:read"]}
        token = (await app.post("/v1/tokens", user="user_1", json=wanted)).json()["token"]
        peer = ServiceClient("token-service", url, Credentials("auth-service", app.keys["auth-service"]))
        await peer.open()
        try:
            found = await TokensClient(peer).introspect(token)
            assert (found.active, found.sub, found.scope) == (True, "user_1", "points:read")
            assert await TokensClient(peer).introspect("a&b=c%") == Introspection(active=False)
            await TokensClient(peer).end("user_1")
            assert await TokensClient(peer).introspect(token) == Introspection(active=False)
        finally:
            await peer.close()
