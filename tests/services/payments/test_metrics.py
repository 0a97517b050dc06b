"""What the payments service tells of its work: payments that are open, by provider, and refunds on their way."""

from stead.testing.yookassa import Behaviour


async def test_open_payments_and_pending_refunds_are_counted_with_the_age_of_the_oldest(run, rows, monkeypatch):
    monkeypatch.setattr("stead.services.payments.metrics.EVERY", 0.05)
    async with run(PAYMENTS_QR_PAYEE="Name=Club") as till:
        paid = await till.paid(await till.book())
        await till.until(lambda: has_line(till, 'payments_open{provider="yookassa"} 0.0', "refunds_pending 0.0"))
        till.yookassa.behaviour = Behaviour(refunds="pending")
        await till.refund(paid)
        await till.begin(await till.book("ben"))
        await till.until(lambda: has_line(till, 'payments_open{provider="yookassa"} 1.0', "refunds_pending 1.0"))
        assert await has_line(till, 'payments_open{provider="qr"} 0.0')
        for table in ("payment", "refund"):
            rows(f"UPDATE {table} SET created_at = now() - interval '3 hours'")
        for name in ('payments_oldest_open_seconds{provider="yookassa"} ', "refunds_oldest_pending_seconds "):
            await till.until(lambda name=name: is_above(till, name, 3 * 3600 - 1))


async def has_line(till, *lines):
    return set(lines) <= set((await till.app.get("/metrics")).text.splitlines())


async def is_above(till, name, limit):
    lines = (await till.app.get("/metrics")).text.splitlines()
    return any(float(line.removeprefix(name)) > limit for line in lines if line.startswith(name))
