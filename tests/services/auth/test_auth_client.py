"""The typed client, over a real connection."""

from contextlib import asynccontextmanager

import pytest

from stead.kit.caller import Credentials
from stead.kit.service_client import CallRefused, CallUnavailable, ServiceClient
from stead.model import Call
from stead.services.auth import Telegram
from stead.services.auth.app import create
from stead.services.auth.contract import AuthClient, Ensure
from stead.testing.init_data import init_data, person
from stead.testing.loopback import listening

TOKEN = "42:a-token-of-this-test-and-of-nobody"
NOWHERE = {"USERS_SERVICE_URL": "http://127.0.0.1:9", "USERS_SERVICE_NAME": "game"}
NOBODY = Call(lambda: None, ("ensure",), because="the callee is not looked at")


class Captured:
    """What makes the service, and keeps it."""

    def __call__(self):
        self.app = create()
        return self.app


@asynccontextmanager
async def client(made, app, caller):
    async with listening(made.app) as url:
        peer = ServiceClient(app.service.name, url, Credentials(caller, app.keys[caller]))
        await peer.open()
        try:
            yield AuthClient(peer)
        finally:
            await peer.close()


async def test_a_caller_learns_whose_token_it_is(auth, clerk):
    made = Captured()
    async with auth(made) as app, client(made, app, "content-service") as asked:
        found = await asked.verify(clerk.session("user_1"))
        assert (found.user_id, found.method, found.actor) == ("user_1", "clerk", None)
        with pytest.raises(CallRefused) as refused:
            await asked.verify("hello")
        assert refused.value.status == 401


async def test_a_caller_learns_whose_initdata_it_is_once_for_each_sign_in(described):
    made, raw = Captured(), init_data(TOKEN, person(7, "Ann"))
    async with described(Telegram(), TELEGRAM_BOT_TOKEN=TOKEN, create=made) as app, client(made, app, "game") as asked:
        found = await asked.verify_init_data(raw, key="sign-in")
        assert (found.user_id, found.method, found.name) == ("7", "telegram", "Ann")
        assert await asked.verify_init_data(raw, key="sign-in") == found
        for key in ("another", None):
            with pytest.raises(CallRefused) as refused:
                await asked.verify_init_data(raw, key=key)
            assert refused.value.status == 401


async def test_a_caller_is_told_that_nobody_can_be_ensured(described):
    made, told = Captured(), {"TELEGRAM_BOT_TOKEN": TOKEN, **NOWHERE}
    async with described(Telegram(), calls=[NOBODY], create=made, **told) as app, client(made, app, "game") as asked:
        with pytest.raises(CallUnavailable):
            await asked.ensure(Ensure("7", "telegram", "Ann"))
