"""The typed client, over a real connection."""

import pytest

from stead.kit.caller import Credentials
from stead.kit.peer import Peer, PeerRefused
from stead.services.auth.app import create
from stead.services.auth.contract import AuthClient
from stead.testing.loopback import listening


async def test_a_caller_learns_whose_token_it_is(auth, clerk):
    made = []

    def capture():
        made.append(create())
        return made[0]

    async with auth(capture) as app, listening(made[0]) as url:
        peer = Peer("auth-service", url, Credentials("content-service", app.keys["content-service"]))
        await peer.open()
        try:
            found = await AuthClient(peer).verify(clerk.session("user_1"))
            assert (found.user_id, found.method, found.actor) == ("user_1", "clerk", None)
            with pytest.raises(PeerRefused) as refused:
                await AuthClient(peer).verify("hello")
            assert refused.value.status == 401
        finally:
            await peer.close()
