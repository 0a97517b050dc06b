"""Payments: routes of users, organizers, providers and other services."""

from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody

from stead.kit.caller import Caller
from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency import Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from stead.model.user_id import is_user_id
from stead.services.payments.contract import (
    Balance,
    Balances,
    Decision,
    Payment,
    PaymentOrder,
    PaymentState,
    Proof,
    Refund,
    RefundOrder,
    Refunds,
)
from stead.services.payments.contract import Payments as PaymentPage
from stead.services.payments.ledger import QUERIES
from stead.services.payments.payments import Payments, check_owner, find, own, payment_of
from stead.services.payments.refunds import Refunds as RefundStore
from stead.services.payments.webhooks import Webhooks

OPEN = ResponseSpec(Payment, description="The booking's payment that is open already.")


@post("/v1/payments", responses={200: OPEN})
async def begin(data: JSONBody[PaymentOrder], user: User, payments: Payments) -> Response[Payment]:
    """Begin the payment of my booking; while one is open, return that one."""
    status, payment = await payments.begin(data, user)
    return Response(payment, status_code=status, headers={"Location": f"/v1/payments/{payment.id}"})


@get("/v1/payments")
async def mine(user: User, payments: Payments) -> PaymentPage:
    """List my payments, newest first."""
    return PaymentPage(await payments.of_user(user.id))


@get("/v1/payments/{payment_id:uuid}")
async def payment(payment_id: FromPath[UUID], user: User, payments: Payments) -> Payment:
    """Return my payment, or one of my event."""
    row = await payments.read(payment_id)
    return payment_of(row if row["owner"] == user.id else own(row, user))


@put("/v1/payments/{payment_id:uuid}/proof")
async def prove(payment_id: FromPath[UUID], data: JSONBody[Proof], user: User, payments: Payments) -> Payment:
    """Show the proof of my payment by QR code."""
    return await payments.prove(payment_id, data.media_id, user)


@post("/v1/payments/{payment_id:uuid}/decision", status_code=200)
async def decide(
    payment_id: FromPath[UUID],
    data: JSONBody[Decision],
    user: User,
    attempt: IdempotencyKey,
    payments: Payments,
    idempotency: Idempotency,
) -> Response[Payment]:
    """Accept or decline a proof, as the organizer of the event."""

    async def work(connection: Connection) -> Answer:
        return Answer(200, await payments.decide(connection, payment_id, data, user))

    return await idempotency.run(attempt, work)


@post("/v1/payments/{payment_id:uuid}/refunds")
async def order_refund(
    payment_id: FromPath[UUID],
    data: JSONBody[RefundOrder],
    user: User,
    attempt: IdempotencyKey,
    database: Database,
    refunds: RefundStore,
) -> Refund:
    """Pay back a part of a payment or all that is left, as the organizer of the event."""
    key = _key(attempt)

    async def work(connection: Connection) -> Refund:
        check_owner(await find(connection, payment_id), user)
        return await refunds.order(connection, payment_id, data, actor=attempt.owner, key=key)

    return await database.run(work)


@get("/v1/payments/{payment_id:uuid}/refunds")
async def refunds_of(payment_id: FromPath[UUID], user: User, refunds: RefundStore) -> Refunds:
    """List the refunds of a payment."""
    return Refunds(await refunds.of_payment(payment_id, user))


@post("/v1/refunds/{refund_id:uuid}/settlement", status_code=200)
async def settle(refund_id: FromPath[UUID], user: User, database: Database, refunds: RefundStore) -> Refund:
    """Note that I have paid a refund back by hand."""
    return await database.run(lambda connection: refunds.settle(connection, refund_id, user))


@get("/v1/balances")
async def balances(database: Database) -> Balances:
    """Return captured and refunded amounts, and the difference, by currency."""
    async with database.connection() as connection:
        rows = await (await connection.execute(QUERIES["balances"])).fetchall()
    return Balances(
        [Balance(row["currency"], row["captured"], row["refunded"], row["captured"] - row["refunded"]) for row in rows]
    )


@post("/v1/webhooks/{provider:str}", status_code=200)
async def webhook(provider: FromPath[str], body: bytes, webhooks: Webhooks) -> None:
    """Take a provider's notification; it is verified later, by a read at the provider."""
    await webhooks.take(provider, body)


@get("/v1/internal/payments/{payment_id:uuid}")
async def payment_state(payment_id: FromPath[UUID], payments: Payments) -> PaymentState:
    """Return a payment to another service."""
    row = await payments.read(payment_id)
    return PaymentState(row["id"], row["user_id"], row["owner"], row["status"])


@post("/v1/internal/payments/{payment_id:uuid}/refunds")
async def refund_for_service(
    payment_id: FromPath[UUID],
    data: JSONBody[RefundOrder],
    caller: Caller,
    attempt: IdempotencyKey,
    database: Database,
    refunds: RefundStore,
) -> Refund:
    """Pay back a part of a payment or all that is left; the same key again gets the same refund."""
    key = _key(attempt)
    return await database.run(
        lambda connection: refunds.order(connection, payment_id, data, actor=caller.name, key=key)
    )


@delete("/v1/internal/payment-users/{user_id:str}")
async def forget(user_id: FromPath[str], database: Database) -> None:
    """Delete a user's data; the books keep the amounts."""
    if not is_user_id(user_id):
        raise HttpProblem(422, "invalid_parameter", "The user id is malformed.")
    async with database.connection() as connection:
        await connection.execute(QUERIES["forget"], {"user": user_id})


def _key(attempt: IdempotencyKey) -> str:
    if attempt.key is None:
        raise HttpProblem(
            400, "idempotency_key_required", "A refund needs an Idempotency-Key, so that it is executed only once."
        )
    return attempt.key


PAYMENTS = (begin, mine, payment, prove, decide)
REFUNDS = (order_refund, refunds_of, settle, balances)
HANDLERS = (*PAYMENTS, *REFUNDS, webhook, payment_state, refund_for_service, forget)
