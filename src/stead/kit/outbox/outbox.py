"""The outbox of one service: `put` in a business transaction, handlers that deliver, a worker that is always there."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from time import perf_counter
from typing import Any

import msgspec
import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg_pool import AsyncConnectionPool

from stead.kit import trace
from stead.kit.cleanup import Protected, end, finish
from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.otlp_json import CONSUMER
from stead.kit.outbox.heartbeat import heartbeat, listening
from stead.kit.outbox.metrics import DELIVERED, OutboxMetrics
from stead.kit.outbox.retry import OutboxRetry
from stead.kit.outbox.worker import OutboxWorker
from stead.kit.spans import Export, Finished

Handler = tuple[type[msgspec.Struct], Callable[[Any], Awaitable[None]]]

AT_ONCE = 4  # messages under way at the same time
GRACE = 5.0  # seconds that a delivery has to finish when the service stops
WAIT = 5.0  # seconds that the worker waits for a connection
POLL = 2.0  # seconds; only for what nothing else announces, such as the end of another replica's delivery

logger = logging.getLogger(__name__)


class Outbox:
    """Delivers messages by the handlers of their names: `{"award": (Award, deliver_award)}`.

    A handler is called with the payload, outside of any transaction, at least once; it passes a key on, so that a
    duplicate has no effect. It raises CallRefused or Final for a permanent failure; after other exceptions it is called
    again later.
    """

    name = "outbox"

    def __init__(self, database: Database, *, handlers: Mapping[str, Handler]) -> None:
        self.export: Export | None = None
        self._database = database
        self._handlers = dict(handlers)
        self._metrics = OutboxMetrics(iter(self._handlers))
        self.collect = self._metrics.collect  # `/metrics` shows the outcome of the messages
        self._letters = self._app()
        self._running: asyncio.Task[None] | None = None
        self._worker: OutboxWorker | None = None
        self._closing = asyncio.Event()

    async def put(self, connection: Connection, name: str, payload: msgspec.Struct, *, lock: str | None = None) -> None:
        """Store a message in the connection's transaction; it is delivered soon after the commit.

        lock    messages with the same lock are delivered one after the other, in the order of `put`
        """
        kind = self._handlers[name][0]
        if not isinstance(payload, kind):
            raise TypeError(f"the message {name} takes a {kind.__name__}, not a {type(payload).__name__}")
        about = trace.current()
        origin: dict[str, Any] = {"request_id": about.request_id, "traceparent": about.traceparent} if about else {}
        task = self._letters.tasks[name].configure(lock=lock, connection=connection)
        try:
            await task.defer_async(payload=msgspec.to_builtins(payload), origin=origin)
        except ConnectorException as error:
            if isinstance(error.__cause__, psycopg.Error):  # the code that runs the transaction knows what it means
                raise error.__cause__ from error
            raise

    async def open(self) -> None:
        _log_no_payloads()
        self._closing.clear()
        self._running = asyncio.create_task(self._keep_working(), name="outbox")

    async def close(self) -> None:
        """Let deliveries in progress finish, for a limited time; release the others for later delivery."""
        running, self._running = self._running, None
        if running:
            # Not cancelled: a pool that is cancelled while it opens leaves its tasks behind.
            self._closing.set()
            await asyncio.wait([running], timeout=2 * GRACE)
            await _end(running)

    def stuck(self) -> str:
        """Return why messages will not be delivered any more; nothing otherwise."""
        return "the worker of the outbox has ended" if self._running and self._running.done() else ""

    async def check(self) -> None:
        if self._worker is None or self._worker.worker_id is None:
            raise HttpProblem(503, "outbox_unavailable", "Messages are not being delivered now.")

    def _app(self) -> App:
        """Return the library's view of our messages; without a pool it only writes them."""
        app = App(connector=PsycopgConnector())
        for name in self._handlers:
            app.task(name=name, queue=self.name, retry=OutboxRetry(self._wake_in, self._metrics))(self._delivery(name))
        return app

    def _delivery(self, name: str) -> Callable[..., Awaitable[None]]:
        kind, handle = self._handlers[name]

        async def deliver(payload: Any, origin: Mapping[str, str]) -> None:
            if task := asyncio.current_task():  # its next message may start once this outcome is written
                task.add_done_callback(lambda _: self._wake())
            about = trace.begin(origin.get("request_id", "").encode(), origin.get("traceparent", "").encode())
            begun, failed = perf_counter(), True
            try:
                await handle(msgspec.convert(payload, kind))
                failed = False
            finally:
                if self.export:
                    noted: dict[str, str | int] = {"messaging.destination.name": name, "request.id": about.request_id}
                    taken = perf_counter() - begun
                    self.export(Finished(about, f"deliver {name}", CONSUMER, taken, noted, failed=failed))
            self._metrics.note(name, DELIVERED)

        return deliver

    def _wake(self) -> None:
        if self._worker:
            self._worker.wake()

    def _wake_in(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self._wake)

    async def _keep_working(self) -> None:
        """Run a worker, and a new one when it breaks down; wait while there is no database."""
        while not self._closing.is_set():
            try:
                await self._database.check()
                await self._work()
            except HttpProblem:
                pass  # no database: that error reports itself
            except Exception as error:  # noqa: BLE001 - whatever it was, messages wait to be delivered
                logger.warning("the outbox restarts", extra={"error": f"{type(error).__name__}: {error}"})
            await _until(self._closing, 0.2)

    async def _work(self) -> None:
        """Deliver until closed, or until the worker can no longer be relied on."""
        current = self._database.current
        pool: AsyncConnectionPool[Any] = AsyncConnectionPool(current, min_size=1, max_size=2, timeout=WAIT, open=False)
        async with listening(self._database.conninfo) as connection, Protected(pool):
            app = self._app()
            await app.connector.open_async(pool)
            self._worker = worker = OutboxWorker(
                app,
                queues=[self.name],
                name=self.name,
                concurrency=AT_ONCE,
                fetch_job_polling_interval=POLL,
                shutdown_graceful_timeout=GRACE,
                listen_notify=False,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
            closing = asyncio.create_task(self._closing.wait(), name="outbox-closing")
            working = asyncio.create_task(worker.run(), name="outbox-work")  # type: ignore[no-untyped-call]
            beating = asyncio.create_task(heartbeat(connection, worker), name="outbox-heartbeat")
            try:
                await asyncio.wait([closing, working, beating], return_when=asyncio.FIRST_COMPLETED)
            finally:
                await finish(_end_all(closing, working, beating))
                self._worker = None


async def _until(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def _end_all(*tasks: "asyncio.Task[Any]") -> None:
    """End each in turn: as long as the worker works, it has to show that it lives."""
    for task in tasks:
        await _end(task)


async def _end(task: "asyncio.Task[Any]") -> None:
    await end(task, GRACE + 1)  # a worker first finishes what is under way
    if not task.cancelled() and (error := task.exception()):
        logger.warning("a part of the outbox failed", extra={"part": task.get_name(), "error": repr(error)})


def _log_no_payloads() -> None:
    """Prevent the library from logging payloads: it logs the arguments of each call."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    worker = logging.getLogger("procrastinate.worker")
    if _mentions_no_job not in worker.filters:
        worker.addFilter(_mentions_no_job)


def _mentions_no_job(record: logging.LogRecord) -> bool:
    return not hasattr(record, "job")
