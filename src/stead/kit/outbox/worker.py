"""The library's worker, made to miss nothing."""

from typing import Any

from procrastinate.worker import Worker


class OutboxWorker(Worker):
    """Looks for work again when it was woken while it looked; the library's own forgets that, until its next poll."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._woken = False

    def wake(self) -> None:
        """Let the worker look for work now."""
        self._woken = True
        self._new_job_event.set()

    @property
    def running_ids(self) -> set[int | None]:
        """The ids of what it works on, until its outcome is written."""
        return {context.job.id for context in self._running_jobs.values()}

    async def _fetch_and_process_jobs(self) -> None:
        while True:
            self._woken = False
            await super()._fetch_and_process_jobs()  # type: ignore[no-untyped-call]
            if not self._woken:
                return
