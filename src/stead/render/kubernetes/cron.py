"""A job's schedule as a CronJob has it: the fields of cron, in a time zone."""

from stead.model import Job
from stead.model.schedule import Interval

MINUTE, HOUR, DAY = 60, 3600, 86_400


def schedule_of(job: Job) -> str | None:
    """Return the cron fields of an interval; None when cron cannot express it, since it does not divide a day."""
    if job.cron:
        return job.cron
    assert isinstance(job.schedule, Interval)
    seconds = int(job.schedule.seconds)
    if seconds % MINUTE == 0 and seconds < HOUR and HOUR % seconds == 0:
        return f"*/{seconds // MINUTE} * * * *"
    if seconds % HOUR == 0 and seconds < DAY and DAY % seconds == 0:
        return f"0 */{seconds // HOUR} * * *"
    return "0 0 * * *" if seconds == DAY else None
