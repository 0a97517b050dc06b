"""Refunds: the sum never exceeds what was captured, under any order of requests, answers and failures."""

import asyncio

EVERY_MOMENT = {"PAYMENTS_POLL_SECONDS": "0.1", "PAYMENTS_SWEEP_SECONDS": "0.1"}


async def settled(till, payment, *statuses):
    return sorted(each["status"] for each in await till.refunds(payment)) == sorted(statuses)


async def test_a_refund_sent_again_after_a_lost_answer_happens_once(run):
    """saleor PR#19811: a refund is sent again after a lost answer."""
    async with run() as till:
        payment = await till.paid(await till.book())
        till.fail("create_refund", after=True, status=500)
        await till.refund(payment)
        await till.until(lambda: settled(till, payment, "succeeded"))
        assert till.yookassa.asked["create_refund"] == 2
        assert len(till.yookassa.refunds) == 1


async def test_two_equal_partial_refunds_both_happen(run):
    """saleor/apps#2446: a key made of payment and amount merges two equal refunds."""
    async with run() as till:
        payment = await till.paid(await till.book())
        assert (await till.refund(payment, 1000)).status_code == 201
        assert (await till.refund(payment, 1000)).status_code == 201
        await till.until(lambda: settled(till, payment, "succeeded", "succeeded"))
        assert [each["amount"]["value"] for each in till.yookassa.refunds.values()] == ["10.00", "10.00"]


async def test_two_clerks_at_once_never_pay_back_more_than_was_captured(run):
    """saleor#12491, killbill#334: the sum of refunds exceeds what was captured."""
    async with run() as till:
        payment = await till.paid(await till.book())
        answers = await asyncio.gather(*(till.refund(payment, 4000) for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [201, 201] + [409] * 6
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"exceeds_remainder"}
        assert (await till.refund(payment)).json()["amount"] == 2000
        assert (await till.refund(payment)).json()["code"] == "nothing_to_refund"
        await till.until(lambda: settled(till, payment, *["succeeded"] * 3))


async def test_a_refund_that_is_silently_cancelled_can_be_ordered_again(run):
    """gumroad PR#5779: a cancelled refund is not given back to the balance. It has no webhook: it is polled."""
    async with run(**EVERY_MOMENT) as till:
        payment = await till.paid(await till.book())
        till.yookassa.behaviour.refunds = "pending"
        await till.refund(payment)
        await till.until(lambda: settled(till, payment, "pending"))
        assert (await till.refund(payment)).json()["code"] == "nothing_to_refund"
        [provided] = till.yookassa.refunds
        await till.yookassa.end_refund(provided, "cancel")
        await till.until(lambda: settled(till, payment, "cancelled"))
        till.yookassa.behaviour.refunds = "succeeded"
        assert (await till.refund(payment)).status_code == 201
        await till.until(lambda: settled(till, payment, "cancelled", "succeeded"))


async def test_the_same_key_is_the_same_refund_and_with_another_amount_it_is_refused(run):
    async with run() as till:
        payment = await till.paid(await till.book())
        first, again = await till.refund(payment, 1000, "k"), await till.refund(payment, 1000, "k")
        assert first.json()["id"] == again.json()["id"]
        assert (await till.refund(payment, 2000, "k")).json()["code"] == "idempotency_key_reused"
        missing = await till.app.post(
            f"/v1/payments/{payment['id']}/refunds", json={"reason": "x"}, user="olga", roles=["organizer"]
        )
        assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_required")
        await till.until(lambda: settled(till, payment, "succeeded"))


async def test_a_pending_refund_is_finished_by_its_webhook(run):
    async with run() as till:
        payment = await till.paid(await till.book())
        till.yookassa.behaviour.refunds = "pending"
        await till.refund(payment)
        await till.until(lambda: settled(till, payment, "pending"))
        [provided] = till.yookassa.refunds
        await till.yookassa.end_refund(provided, "succeed")
        await till.webhook("refund.succeeded", {"id": provided})
        await till.until(lambda: settled(till, payment, "succeeded"))


async def test_nothing_is_paid_back_of_what_was_not_paid_and_only_by_its_organizer(run):
    async with run() as till:
        payment = (await till.begin(await till.book())).json()
        assert (await till.refund(payment)).json()["code"] == "nothing_to_refund"
        path, body = f"/v1/payments/{payment['id']}/refunds", {"reason": "x"}
        other = await till.app.post(path, json=body, key="k", user="eve", roles=["organizer"])
        assert (other.status_code, other.json()["code"]) == (403, "not_owner")
        assert (await till.app.post(path, json=body, key="k", user="ann")).status_code == 403


async def test_the_balance_shows_what_was_captured_paid_back_and_kept(run):
    async with run() as till:
        payment = await till.paid(await till.book())
        await till.refund(payment, 2500)
        await till.until(lambda: settled(till, payment, "succeeded"))
        shown = (await till.app.get("/v1/balances", user="root", roles=["admin"])).json()["balances"]
        assert shown == [{"currency": "RUB", "captured": 10000, "refunded": 2500, "kept": 7500}]
