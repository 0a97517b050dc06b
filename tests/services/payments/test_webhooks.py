"""Webhooks: what is repeated, early, late, reordered or forged; a read at the provider decides."""

import asyncio
import itertools
from uuid import uuid4

import pytest

from stead.services.payments.rules import moves


async def test_a_repeated_webhook_is_answered_with_200_and_has_no_effect(run, rows):
    """medusa#4798: a repeated webhook answered with 409 is sent for ever."""
    async with run() as till:
        payment = await till.paid(await till.book())
        for _ in range(3):
            assert (await till.webhook("payment.succeeded", till.provided)).status_code == 200
        assert await till.has(payment, status="succeeded")
    assert [row["times"] for row in rows("SELECT times FROM webhook")] == [4]


async def test_a_webhook_before_the_answer_is_counted_once(run, rows):
    """gumroad PR#6193: a webhook before our commit is counted twice."""
    async with run() as till:
        booking = await till.book()
        till.yookassa.behaviour.instantly = "succeeded"
        till.fail("create_payment", after=True, status=500)
        payment = (await till.begin(booking)).json()
        assert payment["status"] == "new"
        await till.webhook("payment.succeeded", till.provided)
        await till.until(lambda: till.has(payment, outcome="confirmed"))
        again = (await till.begin(booking)).status_code
        assert again in (200, 409)
    assert len(rows("SELECT FROM entry")) == 1


@pytest.mark.parametrize("order", list(itertools.permutations(["pending", "authorized", "succeeded"])))
def test_observations_in_any_order_end_alike(order):
    """polar PR#9630: events arrive in another order."""
    status = "new"
    for observed in order:
        status = observed if moves(status, observed) else status
    assert status == "succeeded"


async def test_webhooks_the_other_way_round_end_alike(run, rows):
    async with run(PAYMENTS_CAPTURE="false") as till:
        till.yookassa.target.hold = True
        payment = (await till.begin(await till.book())).json()
        await till.pay()
        await till.webhook("payment.waiting_for_capture", till.provided)
        await till.until(lambda: till.has(payment, status="succeeded", outcome="confirmed"))
        for told in reversed(till.yookassa.held):
            assert (await till.webhook(told["event"], told["object"])).status_code == 200
        await asyncio.sleep(0.3)
        assert await till.has(payment, status="succeeded", outcome="confirmed", refunded=0)
    assert len(rows("SELECT FROM entry")) == 1


async def test_a_slow_provider_does_not_hold_a_webhook_up_and_no_header_is_believed(run):
    """remnawave-bedolaga PR#3080: a webhook hangs when the provider is slow; X-Forwarded-For is believed."""
    async with run() as till:
        payment = (await till.begin(await till.book())).json()
        till.fail("payment", delay=1.0, status=200)
        clock = asyncio.get_running_loop().time
        start = clock()
        forged = {"x-forwarded-for": "185.71.76.1"}
        body = {
            "type": "notification",
            "event": "payment.succeeded",
            "object": {"id": till.provided["id"], "status": "succeeded"},
        }
        answer = await till.app.post("/v1/webhooks/yookassa", json=body, headers=forged)
        assert (answer.status_code, clock() - start < 0.9) == (200, True)
        await asyncio.sleep(1.3)
        assert await till.has(payment, status="pending", outcome="none")


async def test_a_forged_webhook_or_one_of_another_shop_changes_nothing(run, rows):
    async with run() as till:
        payment = (await till.begin(await till.book())).json()
        forged = {"id": str(uuid4()), "status": "succeeded", "metadata": {"payment_id": payment["id"]}}
        assert (await till.webhook("payment.succeeded", forged)).status_code == 200
        await till.until(lambda: _given_up(rows))
        order = {"amount": {"value": "100.00", "currency": "RUB"}, "metadata": {"payment_id": payment["id"]}}
        for metadata in ({}, {"payment_id": "x"}, order["metadata"]):  # of the same account, and not begun here
            other = await till.yookassa.create({**order, "metadata": metadata}, "")
            await till.yookassa.act(other["id"], "pay")
            assert (await till.webhook("payment.succeeded", other)).status_code == 200
        await till.until(lambda: _all_done(rows))
        assert await till.has(payment, status="pending", outcome="none")


async def _all_done(rows):
    return not rows("SELECT FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")


async def _given_up(rows):
    return bool(rows("SELECT FROM procrastinate_jobs WHERE status = 'failed'"))


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"[]", 400), (b"\xff", 400), (b'{"event": "x", "object": {"id": "1"}}', 200)]
)
async def test_a_webhook_that_is_no_notification(run, body, status):
    async with run() as till:
        answer = await till.app.post(
            "/v1/webhooks/yookassa", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code == status
        assert (await till.app.post("/v1/webhooks/unheard-of", content=body)).json()["code"] == "unknown_provider"
