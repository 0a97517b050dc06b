"""Outbox: what one service has to tell another, kept with the business change and delivered at least once.

The message is a row in the sender's own database, written in the same transaction; a worker inside the service delivers
it. The receiver is idempotent by key, so that twice is as good as once. Calling the other service before the commit was
the other way: then an outage there refuses the user here, or a rollback here leaves an effect there.
"""

from stead.kit.outbox.outbox import Handler, Outbox
from stead.kit.outbox.retry import Final
from stead.kit.outbox.schema import MIGRATIONS

__all__ = ["MIGRATIONS", "Final", "Handler", "Outbox"]
