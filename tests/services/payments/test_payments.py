"""Payments: one for a booking, whatever is repeated, reordered, lost or forged."""

import asyncio
import itertools
from uuid import uuid4

import pytest

from services.payments.conftest import ORGANIZER, SECRET, SHOP, environment
from stead.kit.settings import SettingsError
from stead.services import payments
from stead.services.payments.app import create
from stead.testing.harness import identities

PAYEE = "Name=Club|PersonalAcc=40702810000000000001|BankName=Bank|BIC=044525225|CorrespAcc=30101810400000000225"
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


async def test_a_repeated_webhook_is_answered_with_200_and_has_no_effect(run, rows):
    """medusa#4798: a repeated webhook answered with 409 is sent for ever."""
    async with run() as till:
        payment = await till.paid(await till.book())
        for _ in range(3):
            assert (await till.webhook("payment.succeeded", till.provided)).status_code == 200
        assert await till.has(payment, status="succeeded")
    assert [row["times"] for row in rows("SELECT times FROM webhook")] == [4]


async def test_two_starts_of_one_booking_are_one_open_payment(run):
    """saleor#14926: a reload pays twice."""
    async with run() as till:
        booking = await till.book()
        answers = await asyncio.gather(*(till.begin(booking) for _ in range(8)))
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len(till.yookassa.payments) == 1


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
async def test_observations_in_any_order_end_alike(run, order, rows):
    """polar PR#9630: events arrive in another order."""
    from stead.services.payments.rules import moves

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


async def test_paid_after_the_booking_ended_is_paid_back(run, rows):
    """woocommerce-stripe#5703: paid after the order ended."""
    async with run() as till:
        booking = await till.book()
        payment = (await till.begin(booking)).json()
        await till.events.delete(f"/v1/bookings/{booking['id']}", user="ann")
        await till.pay()
        await till.webhook("payment.succeeded", till.provided)
        await till.until(lambda: till.has(payment, outcome="refused", refunded=10000))
        await till.until(lambda: _refunded(till, payment))
    assert len(rows("SELECT FROM entry")) == 2


async def _refunded(till, payment):
    return [each["status"] for each in await till.refunds(payment)] == ["succeeded"]


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


async def test_money_is_reserved_first_and_released_when_no_seat_is_left(run):
    async with run(PAYMENTS_CAPTURE="false") as till:
        booking = await till.book()
        payment = (await till.begin(booking)).json()
        await till.events.delete(f"/v1/bookings/{booking['id']}", user="ann")
        await till.pay()
        await till.webhook("payment.waiting_for_capture", till.provided)
        await till.until(lambda: till.has(payment, status="cancelled", outcome="refused"))
        assert till.provided["status"] == "canceled"
        assert await till.refunds(payment) == []


async def test_a_capture_after_expiry_takes_the_seat_back(run):
    async with run(PAYMENTS_CAPTURE="false") as till:
        booking = await till.book()
        payment = (await till.begin(booking)).json()
        await till.pay()
        till.fail("capture", status=500)
        await till.webhook("payment.waiting_for_capture", till.provided)
        await till.until(lambda: till.has(payment, outcome="confirmed"))
        await till.yookassa.act(till.provided["id"], "expire")
        await till.until(lambda: till.has(payment, status="cancelled", reason="expired_on_capture"))
        await till.until(lambda: _booking_is(till, booking, "cancelled"))


async def _booking_is(till, booking, status):
    return (await till.booking(booking))["status"] == status


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


async def test_a_qr_code_is_paid_by_hand_with_a_proof_that_the_organizer_accepts(run, rows):
    async with run(PAYMENTS_QR_PAYEE=PAYEE) as till:
        booking = await till.book()
        payment = (await till.begin(booking, "qr")).json()
        assert payment["confirmation"].startswith("ST00012|Name=Club|")
        assert "|Sum=10000|" in payment["confirmation"]
        path = f"/v1/payments/{payment['id']}"
        decide = {"json": {"accepted": True}, "key": "d"}
        assert (await till.app.post(f"{path}/decision", **decide, **ORGANIZER)).json()["code"] == "no_proof"
        assert (await till.prove(payment, till.file(payment["id"]))).status_code == 200
        other = await till.app.post(f"{path}/decision", **decide, user="eve", roles=["organizer"])
        assert other.json()["code"] == "not_owner"
        for _ in range(2):
            assert (await till.app.post(f"{path}/decision", **decide, **ORGANIZER)).json()["status"] == "succeeded"
        await till.until(lambda: till.has(payment, outcome="confirmed"))
        refund = (await till.refund(payment)).json()
        await till.until(lambda: _refund_is(till, payment, "pending"))
        settled = await till.app.post(f"/v1/refunds/{refund['id']}/settlement", **ORGANIZER)
        assert settled.json()["status"] == "succeeded"
    assert len(rows("SELECT FROM entry")) == 2


async def test_a_proof_is_a_verified_file_that_its_payer_uploaded_for_this_payment(run):
    """Any UUID was taken for a proof: nobody's file, another user's, or one of another payment."""
    async with run(PAYMENTS_QR_PAYEE=PAYEE) as till:
        event = await till.event(capacity=2)
        of_ann, of_eve = [(await till.begin(await till.book(user, event), "qr")).json() for user in ("ann", "eve")]
        for media, code in [
            (str(uuid4()), "unknown_media"),
            (till.file(of_ann["id"], user="eve"), "unknown_media"),
            (till.file(of_eve["id"]), "unknown_media"),
            (till.file(of_ann["id"], owner_kind="event"), "unknown_media"),
            (till.file(of_ann["id"], status="quarantine"), "not_published"),
            (till.file(of_ann["id"], status="refused"), "not_published"),
        ]:
            assert (await till.prove(of_ann, media)).json()["code"] == code
        assert (await till.prove(of_ann, till.file(of_ann["id"]), user="eve")).json()["code"] == "unknown_payment"
        assert (await till.read(of_ann))["proof"] is None
        file = till.file(of_ann["id"])
        assert (await till.prove(of_ann, file)).json()["proof"] == file


def test_payment_by_qr_code_without_a_place_for_its_proofs_stops_the_start():
    told, _ = identities(payments.service())
    told |= {"DATABASE_URL": "postgresql://x@127.0.0.1:9/x", "EVENTS_SERVICE_URL": "http://127.0.0.1:9"}
    with environment({**told, "PAYMENTS_QR_PAYEE": PAYEE}), pytest.raises(SettingsError, match="MEDIA_SERVICE_URL"):
        create()


async def _refund_is(till, payment, status):
    return [each["status"] for each in await till.refunds(payment)] == [status]
