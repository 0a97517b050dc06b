"""Scheduled jobs in Compose, which has no scheduler: a container that waits, runs the job, and waits again.

A function is run by Stead's own loop, by an interval or by cron. A command is run by a loop of bash in its own image,
which knows intervals only. Rejected: a container that starts others, which needs Docker's socket.
"""

from dataclasses import replace

from stead.model import Job
from stead.model.schedule import Interval
from stead.render.compose.context import ComposeContext
from stead.render.compose.process import ALIVE
from stead.render.compose.spec import ComposeService
from stead.render.docker import dockerfiles
from stead.render.docker.dockerfile import Entrypoint

LOOP = (
    "trap 'kill \"$run\" 2>/dev/null; exit 0' TERM INT; "
    'while :; do sleep "$0" & run=$!; wait "$run"; "$@" & run=$!; '
    'wait "$run" || echo "the run ended with exit status $?" >&2; done'
)


def can_keep(job: Job) -> bool:
    """Return whether Compose can run a job at its times."""
    return bool(job.entry) or (isinstance(job.schedule, Interval) and not job.image and not job.build_spec)


def scheduled(context: ComposeContext, job: Job, service: ComposeService) -> ComposeService:
    """Return the container that runs a job again and again."""
    running = replace(service, restart="unless-stopped", healthcheck=ALIVE)
    if job.entry:
        when = ("--every", job.every) if job.every else ("--cron", job.cron, "--timezone", job.timezone)
        return replace(running, command=("stead.kit.run_schedule", job.entry, *when))
    assert isinstance(job.schedule, Interval)
    words = (str(job.schedule.seconds), *_entrypoint(context, job.name))
    return replace(running, entrypoint=("bash", "-c", LOOP, *words), command=())


def _entrypoint(context: ComposeContext, image: str) -> tuple[str, ...]:
    """Return the start command of an image."""
    [file] = [each for each in dockerfiles(context.backend) if each.name == image]
    return next(each.words for each in reversed(file.instructions) if isinstance(each, Entrypoint))
