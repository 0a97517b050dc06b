"""A payment whose booking has ended: a seat if one is left, the money back if not."""


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
