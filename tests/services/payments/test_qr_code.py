"""Payment by QR code: a proof that the payer uploads, and the organizer accepts or declines."""

from uuid import uuid4

import pytest

from services.payments.conftest import ORGANIZER, environment
from stead.kit.settings import SettingsError
from stead.services import payments
from stead.services.payments.app import create
from stead.testing.harness import identities

PAYEE = "Name=Club|PersonalAcc=40702810000000000001|BankName=Bank|BIC=044525225|CorrespAcc=30101810400000000225"


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


async def _refund_is(till, payment, status):
    return [each["status"] for each in await till.refunds(payment)] == [status]


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


async def test_a_proof_that_was_swapped_since_the_organizer_looked_is_not_accepted(run):
    async with run(PAYMENTS_QR_PAYEE=PAYEE) as till:
        payment = (await till.begin(await till.book(), "qr")).json()
        seen, swapped = till.file(payment["id"]), till.file(payment["id"])
        for file in (seen, swapped):
            assert (await till.prove(payment, file)).status_code == 200
        path = f"/v1/payments/{payment['id']}/decision"
        decisions = [{"json": {"accepted": True, "media_id": file}, "key": file} for file in (seen, swapped)]
        stale, current = [(await till.app.post(path, **each, **ORGANIZER)).json() for each in decisions]
        assert (stale["code"], current["status"]) == ("proof_changed", "succeeded")


def test_payment_by_qr_code_without_a_place_for_its_proofs_stops_the_start():
    told, _ = identities(payments.service())
    told |= {"DATABASE_URL": "postgresql://x@127.0.0.1:9/x", "EVENTS_SERVICE_URL": "http://127.0.0.1:9"}
    with environment({**told, "PAYMENTS_QR_PAYEE": PAYEE}), pytest.raises(SettingsError, match="MEDIA_SERVICE_URL"):
        create()
