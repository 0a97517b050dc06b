"""Outbox: messages of one service to another, stored with the business change and delivered at least once.

The message is a row in the sender's own database, written in the same transaction; a worker inside the service delivers
it. The receiver is idempotent by key, so that a duplicate has no effect. Rejected: a call before the commit; then an
outage of the receiver fails the user's request, or a rollback leaves an effect there.
"""

from stead.kit.outbox.outbox import Handler, Outbox
from stead.kit.outbox.retry import Final
from stead.kit.outbox.schema import MIGRATIONS

__all__ = ["MIGRATIONS", "Final", "Handler", "Outbox"]
