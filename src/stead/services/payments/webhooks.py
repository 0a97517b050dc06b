"""Webhooks: hints of a provider. They are answered at once and verified later, by a read at the provider.

No signature is documented for YooKassa, and an address of the sender can be forged behind a proxy: neither is believed.
"""

from msgspec import MsgspecError

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.outbox import Outbox
from stead.services.payments.ledger import one
from stead.services.payments.messages import VERIFY, VerifyDue
from stead.services.payments.providers.provider import Hint, Providers


class Webhooks:
    """Receives webhooks; a repeated one is counted, without another effect."""

    def __init__(self, database: Database, providers: Providers, outbox: Outbox) -> None:
        self._database = database
        self._providers = providers
        self._outbox = outbox

    async def take(self, name: str, body: bytes) -> None:
        """Store a webhook for verification; HttpProblem 404 for an unknown provider, 400 for a malformed
        notification.
        """
        provider = self._providers.named(name)
        if provider is None or not provider.polled:
            raise HttpProblem(404, "unknown_provider", "No such provider.")
        try:
            hint = provider.hint(body)
        except MsgspecError:
            raise HttpProblem(400, "malformed_body", "The body is not a notification of this provider.") from None
        if hint is not None:
            await self._database.run(lambda connection: self._keep(connection, name, hint))

    async def _keep(self, connection: Connection, name: str, hint: Hint) -> None:
        noted = await one(connection, "note_webhook", provider=name, object=hint.id, event=hint.event)
        if noted["times"] == 1:
            due = VerifyDue(name, hint.kind, hint.id)
            await self._outbox.put(connection, VERIFY, due, lock=f"{name}:{hint.id}")
