"""Proofs: a file shows a payment when the payer uploaded it for that very payment, and it was verified."""

from uuid import UUID

from psycopg.rows import DictRow

from stead.kit.http_problem import HttpProblem
from stead.kit.service_client import CallRefused
from stead.services.media.contract import MediaClient, MediaState


class Proofs:
    """The files of the media service, asked before a transaction begins."""

    def __init__(self, media: MediaClient) -> None:
        self._media = media

    async def check(self, payment: DictRow, media: UUID) -> None:
        """Refuse with 404 what is no proof of this payment by its payer, with 409 what is not published."""
        state = await self._state(media)
        belongs = (state.owner_kind, state.owner_id, state.user_id) if state else ()
        if state is None or belongs != ("payment_proof", str(payment["id"]), payment["user_id"]):
            raise HttpProblem(404, "unknown_media", "You have uploaded no such file as a proof of this payment.")
        if state.status != "published":
            raise HttpProblem(409, "not_published", f"The file is in the status {state.status}.")

    async def _state(self, media: UUID) -> MediaState | None:
        try:
            return await self._media.media(media)
        except CallRefused as refused:
            if refused.code != "unknown_media":
                raise
            return None
