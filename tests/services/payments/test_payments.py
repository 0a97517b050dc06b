"""Payments: one for a booking, however often it is begun, and whatever the provider answers."""

import asyncio
from uuid import uuid4

import pytest

from services.payments.conftest import SECRET, SHOP

EVERY_MOMENT = {"PAYMENTS_POLL_SECONDS": "0.1", "PAYMENTS_SWEEP_SECONDS": "0.1"}


async def test_a_payment_confirms_its_booking(run):
    async with run() as till:
        booking = await till.book()
        payment = (await till.begin(booking)).json()
        assert (payment["status"], payment["amount"], payment["outcome"]) == ("pending", 10000, "none")
        assert "/stand-in/pay/" in payment["confirmation"]
        await till.pay()
        assert (await till.webhook("payment.succeeded", till.provided)).status_code == 200
        await till.until(lambda: till.has(payment, status="succeeded", outcome="confirmed"))
        assert (await till.booking(booking))["status"] == "confirmed"


async def test_page_webhook_and_poll_at_once_make_one_order_and_one_capture(run, rows):
    """medusa#13301: the return page and the webhook both complete."""
    async with run(**EVERY_MOMENT) as till:
        booking = await till.book()
        payment = (await till.begin(booking)).json()
        await till.pay()
        webhooks = [till.webhook("payment.succeeded", till.provided) for _ in range(5)]
        await asyncio.gather(
            *webhooks, *(till.begin(booking) for _ in range(5)), *(till.read(payment) for _ in range(5))
        )
        await till.until(lambda: till.has(payment, outcome="confirmed"))
    assert len(rows("SELECT FROM entry")) == 1
    assert len(rows("SELECT FROM payment")) == 1


async def test_while_a_key_is_replaced_the_one_that_the_provider_takes_is_shown(run):
    async with run(YOOKASSA_SECRET_KEY=f"a-key-of-tomorrow {SECRET}") as till:
        payment = await till.paid(await till.book())
        assert await till.has(payment, status="succeeded")


async def test_a_key_that_the_provider_does_not_take_leaves_a_payment_to_be_tried_again(run):
    quick = dict.fromkeys(("PAYMENTS_POLL_SECONDS", "PAYMENTS_SWEEP_SECONDS"), "0.05")
    async with run(YOOKASSA_SECRET_KEY="a-key-of-tomorrow", **quick) as till:
        payment = (await till.begin(await till.book())).json()
        assert payment["status"] == "new"
        till.yookassa.credentials = (SHOP, "a-key-of-tomorrow")
        await till.until(lambda: till.has(payment, status="pending"))


async def test_two_starts_of_one_booking_are_one_open_payment(run):
    """saleor#14926: a reload pays twice."""
    async with run() as till:
        booking = await till.book()
        answers = await asyncio.gather(*(till.begin(booking) for _ in range(8)))
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len(till.yookassa.payments) == 1


async def test_an_ambiguous_answer_is_settled_with_the_same_key(run):
    """odoo PR#150102: a retried transaction makes three charges. The key is fixed before the call."""
    async with run(**EVERY_MOMENT) as till:
        booking = await till.book()
        till.fail("create_payment", after=True, status=500, times=2)
        payment = (await till.begin(booking)).json()
        assert payment["status"] == "new"
        await till.until(lambda: till.has(payment, status="pending"))
        assert till.yookassa.asked["create_payment"] >= 3
        assert len(till.yookassa.payments) == 1


async def test_no_transaction_is_open_while_the_provider_is_called(run, rows):
    """odoo PR#150102: the provider is called inside a transaction. The payment is committed, and nothing is locked."""
    async with run() as till:
        till.fail("create_payment", delay=0.5, status=200)
        beginning = asyncio.create_task(till.begin(await till.book()))
        while not till.yookassa.asked["create_payment"]:
            await asyncio.sleep(0.01)
        assert [row["status"] for row in rows("SELECT status FROM payment")] == ["new"]
        open_ = "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND state = %s"
        assert rows(open_, "idle in transaction") == []
        assert (await beginning).status_code == 201


@pytest.mark.parametrize("how", [{"status": 500}, {"status": 429}, {"status": 503}, {"reset": True}, {"status": 202}])
async def test_no_answer_leaves_the_payment_new_until_it_is_asked_again(run, how):
    async with run(**EVERY_MOMENT) as till:
        till.fail("create_payment", **how)
        payment = (await till.begin(await till.book())).json()
        assert payment["status"] == "new"
        await till.until(lambda: till.has(payment, status="pending"))
        assert len(till.yookassa.payments) == 1


async def test_a_refused_payment_has_failed_and_the_next_one_has_a_new_key(run):
    async with run() as till:
        booking = await till.book()
        till.fail("create_payment", status=400)
        first = (await till.begin(booking)).json()
        assert first["status"] == "failed"
        second = (await till.begin(booking)).json()
        assert (second["status"], second["id"] == first["id"]) == ("pending", False)


async def test_a_declined_payment_lets_the_user_try_again(run):
    async with run() as till:
        booking = await till.book()
        first = (await till.begin(booking)).json()
        await till.yookassa.act(till.provided["id"], "decline", "insufficient_funds")
        await till.webhook("payment.canceled", till.provided)
        await till.until(lambda: till.has(first, status="cancelled", reason="insufficient_funds"))
        assert (await till.begin(booking)).status_code == 201


async def test_without_any_webhook_the_reconciliation_finds_the_payment(run):
    async with run(**EVERY_MOMENT) as till:
        booking = await till.book()
        payment = (await till.begin(booking)).json()
        await till.pay()
        await till.until(lambda: till.has(payment, outcome="confirmed"))
        assert (await till.booking(booking))["status"] == "confirmed"


async def test_an_amount_of_another_currency_buys_nothing(run):
    async with run() as till:
        booking = await till.book()
        payment = (await till.begin(booking)).json()
        till.provided["amount"] = {"value": "100.00", "currency": "USD"}
        await till.pay()
        await till.webhook("payment.succeeded", till.provided)
        await till.until(lambda: till.has(payment, status="failed", reason="wrong_amount"))
        assert (await till.booking(booking))["status"] == "pending"


async def test_only_ones_own_held_booking_can_be_paid(run):
    async with run() as till:
        booking = await till.book()
        stranger = await till.app.post("/v1/payments", json={"booking_id": booking["id"]}, user="eve")
        assert (stranger.status_code, stranger.json()["code"]) == (404, "unknown_booking")
        missing = await till.app.post("/v1/payments", json={"booking_id": str(uuid4())}, user="ann")
        assert missing.json()["code"] == "unknown_booking"
        assert (await till.begin(booking, "qr")).json()["code"] == "method_unavailable"
        payment = await till.paid(booking)
        assert (await till.begin(booking)).json()["code"] == "not_payable"
        assert (await till.app.get(f"/v1/payments/{payment['id']}", user="eve")).status_code == 404


async def test_a_receipt_adds_up_to_the_amount_of_the_payment_and_of_each_refund(run):
    async with run(YOOKASSA_VAT_CODE="1") as till:
        booking = await till.book()
        assert (await till.begin(booking)).json()["code"] == "receipt_required"
        for nowhere in ("ann", "ann@", "+7", "a@b\n", "ann example@x"):
            assert (await till.begin(booking, receipt_to=nowhere)).status_code == 422
        payment = await till.paid(booking, receipt_to="+79261234567")
        await till.refund(payment, 3000)
        await till.refund(payment)
        await till.until(lambda: _count(till.yookassa.receipts, 3))
        receipts = [till.yookassa.receipts[id_] for id_ in (till.yookassa_id(payment), *till.yookassa.refunds)]
        assert sorted(item["amount"]["value"] for each in receipts for item in each["items"]) == [
            "100.00",
            "30.00",
            "70.00",
        ]
        assert {each["customer"]["phone"] for each in receipts} == {"79261234567"}
        assert {item["vat_code"] for each in receipts for item in each["items"]} == {1}


async def _count(found, number):
    return len(found) == number


async def test_a_payment_by_the_widget_has_a_token_and_confirms_its_booking(run):
    async with run() as till:
        booking = await till.book()
        payment = (await till.begin(booking, "widget")).json()
        assert payment["confirmation"] == f"ct-{till.provided['id']}"
        assert till.provided["confirmation"]["type"] == "embedded"
        await till.pay()
        await till.webhook("payment.succeeded", till.provided)
        await till.until(lambda: till.has(payment, status="succeeded", outcome="confirmed", method="widget"))
        assert (await till.booking(booking))["status"] == "confirmed"
