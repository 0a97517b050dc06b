"""Stripe behind the same port as YooKassa: the same promises, over real HTTP to a stand-in."""

from contextlib import asynccontextmanager

import pytest

from stead.testing.loopback import listening
from stead.testing.stripe import Stripe, app

SECRET = "sk_test_of_this_test"


@pytest.fixture
def sell(run):
    """Start the services with Stripe alone; the stand-in is `till.stripe`."""

    @asynccontextmanager
    async def start(**environ):
        stripe = Stripe(SECRET)
        async with listening(app(stripe)) as url:
            told = {"YOOKASSA_SHOP_ID": "", "STRIPE_SERVICE_URL": url, "STRIPE_SECRET_KEY": SECRET, **environ}
            async with run(**told) as till:
                till.stripe = stripe
                yield till

    return start


async def pay(till, payment):
    """Pay, and send the event that Stripe sends."""
    [session] = [each for each in till.stripe.sessions.values() if each["client_reference_id"] == payment["id"]]
    till.stripe.act(session["id"], "pay")
    assert (await event(till, "checkout.session.completed", session["id"])).status_code == 200


async def event(till, kind, id_):
    return await till.app.post("/v1/webhooks/stripe", json={"type": kind, "data": {"object": {"id": id_}}})


async def test_a_payment_by_stripe_confirms_its_booking_and_is_paid_back_in_parts(sell):
    async with sell(STRIPE_SECRET_KEY=f"sk_of_tomorrow {SECRET}") as till:  # the key is being replaced
        booking = await till.book()
        payment = (await till.begin(booking)).json()
        assert payment["confirmation"].startswith("https://checkout.stripe.com/")
        await pay(till, payment)
        await till.until(lambda: till.has(payment, outcome="confirmed"))
        assert (await till.booking(booking))["status"] == "confirmed"
        for _ in range(2):
            assert (await till.refund(payment, 40_00)).status_code == 201
        assert (await till.refund(payment, 40_00)).json()["code"] == "exceeds_remainder"
        await till.until(lambda: all_succeeded(till, payment, 2))
        assert [each["amount"] for each in till.stripe.refunds.values()] == [40_00, 40_00]


async def all_succeeded(till, payment, count):
    return [each["status"] for each in await till.refunds(payment)] == ["succeeded"] * count


async def test_an_answer_of_stripe_that_is_lost_makes_one_session_and_one_refund(sell):
    async with sell(PAYMENTS_POLL_SECONDS="0.05", PAYMENTS_SWEEP_SECONDS="0.05") as till:
        till.stripe.failures.extend([(500, True), (409, False)])
        payment = (await till.begin(await till.book())).json()
        assert payment["status"] == "new"
        await till.until(lambda: till.has(payment, status="pending"))
        assert len(till.stripe.sessions) == 1
        await pay(till, payment)
        await till.until(lambda: till.has(payment, outcome="confirmed"))
        till.stripe.failures.append((503, True))
        await till.refund(payment)
        await till.until(lambda: all_succeeded(till, payment, 1))
        assert len(till.stripe.refunds) == 1


async def test_money_is_reserved_at_stripe_and_captured_once_the_seat_is_sure(sell):
    async with sell(PAYMENTS_CAPTURE="false") as till:
        payment = (await till.begin(await till.book())).json()
        await pay(till, payment)
        await till.until(lambda: till.has(payment, status="succeeded", outcome="confirmed"))
        [session] = till.stripe.sessions.values()
        assert session["payment_intent"]["status"] == "succeeded"


async def test_a_forged_event_of_stripe_changes_nothing(sell):
    async with sell() as till:
        payment = (await till.begin(await till.book())).json()
        [session] = till.stripe.sessions
        for kind, id_ in (
            ("checkout.session.completed", session),
            ("checkout.session.completed", "cs_test_0"),
            ("refund.updated", "../balance"),
            ("customer.created", "cus_1"),
        ):
            assert (await event(till, kind, id_)).status_code == 200
        assert (await till.app.post("/v1/webhooks/stripe", json={"type": 1})).status_code == 400
        assert await till.has(payment, status="pending", outcome="none")


async def test_a_session_that_expires_lets_the_user_try_again(sell):
    async with sell() as till:
        booking = await till.book()
        payment = (await till.begin(booking)).json()
        [session] = till.stripe.sessions
        till.stripe.act(session, "expire")
        await event(till, "checkout.session.expired", session)
        await till.until(lambda: till.has(payment, status="cancelled", reason="expired"))
        assert (await till.begin(booking)).status_code == 201
