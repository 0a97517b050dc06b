"""What makes `docker compose up --wait` take jobs after and beside the services for what they are: run once.

Compose awaits a container until it is done only when another one waits for that; any other that has ended is a failure,
whatever its exit status. Nothing waits for the last jobs, so one small container does. It runs on, since something has
to be last, and costs a process that sleeps: the rejected option, commands that name every service but the jobs, holds
only for anyone who knows them.
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
    """Return the container that waits for the jobs for which nobody else does; none where there are none."""
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
