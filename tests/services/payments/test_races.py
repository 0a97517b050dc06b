"""Two things at once that concern one payment: whichever comes first, money and seat agree."""

import asyncio

EVERY_MOMENT = {"PAYMENTS_POLL_SECONDS": "0.1", "PAYMENTS_SWEEP_SECONDS": "0.1"}


async def test_payments_of_one_booking_by_two_methods_at_once_are_one_open_payment(run):
    async with run() as till:
        booking = await till.book()
        till.fail("create_payment", delay=0.3, status=200)
        methods = ("redirect", "widget") * 4
        answers = await asyncio.gather(*(till.begin(booking, method) for method in methods))
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len({(answer.json()["id"], answer.json()["method"]) for answer in answers}) == 1
        assert len(till.yookassa.payments) == 1


async def test_a_refund_during_a_capture_waits_until_there_is_something_to_pay_back(run):
    async with run(PAYMENTS_CAPTURE="false") as till:
        payment = (await till.begin(await till.book())).json()
        till.fail("capture", delay=0.5, status=200)
        await till.pay()
        await till.webhook("payment.waiting_for_capture", till.provided)
        await till.until(lambda: _asked(till, "capture"))
        early = await asyncio.gather(*(till.refund(payment) for _ in range(4)))
        assert {answer.json()["code"] for answer in early} == {"nothing_to_refund"}
        await till.until(lambda: till.has(payment, status="succeeded", outcome="confirmed"))
        late = await asyncio.gather(*(till.refund(payment) for _ in range(4)))
        assert sorted(answer.status_code for answer in late) == [201, 409, 409, 409]
        await till.until(lambda: _refunded(till, payment))
        assert till.yookassa.asked["capture"] == 1


async def test_a_hold_that_ends_while_its_payment_succeeds_is_a_seat_or_the_money_back(run):
    async with run(hold="1", **EVERY_MOMENT) as till:
        booking = await till.book()
        payment = (await till.begin(booking)).json()
        await asyncio.sleep(1.05)
        await till.pay()
        _, bob = await asyncio.gather(
            till.webhook("payment.succeeded", till.provided), till.book("bob", booking["event_id"])
        )
        await till.until(lambda: _decided(till, payment))
        if await till.has(payment, outcome="confirmed"):
            assert ((await till.booking(booking))["status"], bob["status"]) == ("confirmed", "waiting")
            assert await till.refunds(payment) == []
        else:
            assert (await till.booking(booking))["status"] == "expired"
            await till.until(lambda: _refunded(till, payment))


async def _asked(till, operation):
    return till.yookassa.asked[operation] > 0


async def _decided(till, payment):
    return (await till.read(payment))["outcome"] != "none"


async def _refunded(till, payment):
    return [(each["status"], each["amount"]) for each in await till.refunds(payment)] == [("succeeded", 10000)]
