"""The library's worker, extended so that no wake-up is lost."""

from typing import Any

from procrastinate.worker import Worker


class OutboxWorker(Worker):
    """Queries again after a wake-up during a query; the library's worker waits until its next poll."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._woken = False

    def wake(self) -> None:
        """Wake the worker."""
        self._woken = True
        self._new_job_event.set()

    @property
    def running_ids(self) -> set[int | None]:
        """The ids of messages in progress, until their outcome is written."""
        return {context.job.id for context in self._running_jobs.values()}

    async def _fetch_and_process_jobs(self) -> None:
        while True:
            self._woken = False
            await super()._fetch_and_process_jobs()  # type: ignore[no-untyped-call]
            if not self._woken:
                return
