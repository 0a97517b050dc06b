"""A container that lets `docker compose up --wait` succeed with jobs after and beside the services.

Compose accepts the end of a container only if another one depends on its completion; any other exit is a failure,
whatever its status. Nothing depends on the last jobs, so one small container does, which then sleeps. Rejected:
commands that name every service except the jobs, which a user would have to know.
"""

from stead.model import Limits
from stead.render.compose.context import ComposeContext
from stead.render.compose.process import DONE, deploy
from stead.render.compose.spec import ComposeService, Healthcheck
from stead.render.compose.text import Var
from stead.render.docker.pin import DEBIAN

NAME = "jobs-done"
LIMITS = Limits(cpus=0.1, memory=16, pids=8)


def job_waiter(context: ComposeContext) -> dict[str, ComposeService]:
    """Return the container that waits for the jobs without dependents; None without such jobs."""
    last = {job.name: DONE for job in context.backend.jobs if job.runs != "before" and not job.is_scheduled}
    if not last:
        return {}
    service = ComposeService(
        image=Var(DEBIAN.name, DEBIAN.image),
        entrypoint=("sleep", "infinity"),
        depends_on=last,
        network_mode="none",
        healthcheck=Healthcheck(("CMD", "test", "-d", "/proc/1")),
        deploy=deploy(LIMITS),
        stop_grace_period="5s",
    )
    return {NAME: service}
